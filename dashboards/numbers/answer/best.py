"""Which method does best at each sparsity: chosen on validation, reported on test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dashboards.numbers.answer.comparison import Comparison, comparison, told_together
from dashboards.numbers.cells.cell import Cell


def best(cells: Iterable[Cell], confidence: float) -> tuple[Comparison, ...]:
    """The best against the next at every sparsity and workload where two methods or more are of the size it stands for.

    From dense to sparse. What single runs came to on the test set is compared; validation decides who is who. Controls
    are no methods to choose from."""
    groups: dict[tuple, list[tuple[float, Cell]]] = {}
    for score, cell in _competing(cells):
        if cell.sized:
            groups.setdefault((cell.level, cell.series.workload), []).append((score, cell))
    found = []
    for _, group in sorted(groups.items(), key=lambda item: item[0][0]):
        ranked = [cell for _, cell in sorted(group, key=lambda one: -one[0])]
        if len(ranked) > 1:
            found.append(comparison(ranked[0], ranked[1], confidence))
    return told_together(found)


def of_other_size(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells that would compete, had they as many weights as their sparsity stands for."""
    counted = (cell for cell in cells if cell.nonzero is not None and cell.prunable is not None)
    return tuple(cell for _, cell in _competing(counted) if not cell.sized)


def _competing(cells: Iterable[Cell]) -> Iterator[tuple[float, Cell]]:
    """The cells that there is a choice among, each after its score; not what has not come to its sparsity."""
    for cell in cells:
        if cell.level > 0 and cell.arrived and not cell.series.control and (score := cell.score) is not None:
            yield score, cell


def verdict(one: Comparison, confidence: float) -> str:
    """Whether the difference is more than chance, in a few words; and whether the test set turns the order round."""
    if one.difference is None:
        return "sizes differ"
    if not one.enough:
        return "no verdict"
    clear = "clear" if one.clear(confidence) else "not clear"
    return clear if one.difference.mean >= 0 else f"the order turns on test, {clear}"
