"""How far each series can be pruned: safe and critical sparsity, at the last step and at the best checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.critical import Critical, critical
from dashboards.numbers.answer.margins import Walk, walks, walks_best, walks_over_seeds
from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series


@dataclass(frozen=True)
class Limits:
    """Of one series that has pairs."""

    last: Walk  # the primary outcome
    over_seeds: Walk  # the same judged over seeds alone
    best: Walk | None  # None where no run has a best checkpoint that can be compared with its twin's
    critical: Critical

    @property
    def series(self) -> Series:
        """Whose they are."""
        return self.last.series

    @property
    def agree(self) -> bool:
        """Whether the best checkpoints lead to the same safe sparsity, both judged over seeds alone."""
        return self.best is None or _safe(self.best) == _safe(self.over_seeds)


def limits(cells: Sequence[Cell], margin: float, confidence: float) -> tuple[Limits, ...]:
    """The limits of all series that have pairs with dense twins, in their order; controls have other twins."""
    best = {walk.series: walk for walk in walks_best(cells, margin, confidence)}
    found = []
    for last, seeds in zip(walks(cells, margin, confidence), walks_over_seeds(cells, margin, confidence), strict=True):
        line = [cell for cell in cells if cell.series == last.series]
        if reached := critical(line, margin, confidence):
            found.append(Limits(last, seeds, best.get(last.series), reached))
    return tuple(found)


def _safe(one: Walk) -> float | None:
    return one.safe.sparsity if one.safe else None
