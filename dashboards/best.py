"""Which method does best at each sparsity: chosen on validation, reported on test."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.cells import Cell
from dashboards.comparison import EQUAL_SIZE, Comparison
from dashboards.language import TextCell
from dashboards.statistics import ENOUGH, paired


def best(cells: Iterable[Cell], confidence: float) -> tuple[Comparison, ...]:
    """The best against the next at every sparsity and workload where two methods or more are of the size it stands for.

    From dense to sparse. The test accuracies are those compared; the validation accuracies decide who is who. Controls
    are no methods to choose from."""
    groups: dict[tuple, list[Cell]] = {}
    for cell in cells:
        if cell.sparsity > 0 and not cell.series.control and cell.validation is not None and _has_its_size(cell):
            groups.setdefault((cell.sparsity, cell.series.workload), []).append(cell)
    found = []
    for _, group in sorted(groups.items(), key=lambda item: item[0][0]):
        first, *others = sorted(group, key=lambda cell: -cell.validation)
        if others:
            found.append(Comparison(first, others[0], paired(first.by_seed, others[0].by_seed, confidence)))
    return tuple(found)


def best_in_bits(cells: Iterable[TextCell], confidence: float) -> tuple[Comparison, ...]:
    """The same of language models that end as sparse as asked for; differences are of bits per character saved."""
    groups: dict[tuple, list[TextCell]] = {}
    for cell in cells:
        if cell.level > 0 and cell.arrived and not cell.series.control and cell.validation is not None:
            groups.setdefault((cell.level, cell.series.workload), []).append(cell)
    found = []
    for _, group in sorted(groups.items(), key=lambda item: item[0][0]):
        first, *others = sorted(group, key=lambda cell: cell.validation)
        if others:
            found.append(Comparison(first, others[0], paired(others[0].by_seed, first.by_seed, confidence)))
    return tuple(found)


def verdict(one: Comparison) -> str:
    """Whether the difference is more than chance, in a word or two."""
    if one.difference is None or one.difference.n < ENOUGH:
        return "no verdict"
    return "clear" if one.difference.excludes_zero and one.difference.mean > 0 else "not clear"


def _has_its_size(cell: Cell) -> bool:
    if cell.nonzero is None or cell.prunable is None:
        return False
    return abs(cell.nonzero - cell.density * cell.prunable) <= EQUAL_SIZE * cell.prunable
