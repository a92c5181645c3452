"""Limits of pruning by series: safe and critical sparsity, at the last step and at the best checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.critical import Critical, critical
from dashboards.numbers.answer.margins import Walk, walks, walks_best, walks_over_seeds
from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series


@dataclass(frozen=True)
class Limits:
    """The limits of one series with pairs."""

    last: Walk  # the primary outcome
    over_seeds: Walk  # the same, judged over seeds only
    best: Walk | None  # None if no best checkpoint is comparable with the twin's
    critical: Critical

    @property
    def series(self) -> Series:
        """The series of these limits."""
        return self.last.series

    @property
    def agree(self) -> bool:
        """Whether best checkpoints give the same safe sparsity, both judged over seeds only."""
        return self.best is None or _safe(self.best) == _safe(self.over_seeds)


def limits(cells: Sequence[Cell], margin: float, confidence: float) -> tuple[Limits, ...]:
    """The limits of all series with dense twins, in their order. Controls have other twins."""
    best = {walk.series: walk for walk in walks_best(cells, margin, confidence)}
    result = []
    for last, seeds in zip(walks(cells, margin, confidence), walks_over_seeds(cells, margin, confidence), strict=True):
        line = [cell for cell in cells if cell.series == last.series]
        if reached := critical(line, margin, confidence):
            result.append(Limits(last, seeds, best.get(last.series), reached))
    return tuple(result)


def _safe(walk: Walk) -> float | None:
    return walk.safe.sparsity if walk.safe else None
