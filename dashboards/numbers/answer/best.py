"""Which method does best at each sparsity: chosen on validation, reported on test."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.numbers.answer.comparison import Comparison, comparison, told_together
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.language import TextCell


def best(cells: Iterable[Cell | TextCell], confidence: float) -> tuple[Comparison, ...]:
    """The best against the next at every sparsity and workload where two methods or more are of the size it stands for.

    From dense to sparse. What single runs came to on the test set is compared; validation decides who is who. Controls
    are no methods to choose from."""
    groups: dict[tuple, list[Cell | TextCell]] = {}
    for cell in cells:
        if _competes(cell) and cell.sized:
            groups.setdefault((cell.level, cell.series.workload), []).append(cell)
    found = []
    for _, group in sorted(groups.items(), key=lambda item: item[0][0]):
        first, *others = sorted(group, key=lambda cell: -cell.score)
        if others:
            found.append(comparison(first, others[0], confidence))
    return told_together(found)


def of_other_size(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells that would compete, had they as many weights as their sparsity stands for."""
    counted = (cell for cell in cells if cell.nonzero is not None and cell.prunable is not None)
    return tuple(cell for cell in counted if _competes(cell) and not cell.sized)


def _competes(cell: Cell | TextCell) -> bool:
    return cell.level > 0 and not cell.series.control and cell.score is not None


def verdict(one: Comparison, confidence: float) -> str:
    """Whether the difference is more than chance, in a few words; and whether the test set turns the order round."""
    if one.difference is None:
        return "sizes differ"
    if not one.enough:
        return "no verdict"
    clear = "clear" if one.clear(confidence) else "not clear"
    return clear if one.difference.mean >= 0 else f"the order turns on test, {clear}"
