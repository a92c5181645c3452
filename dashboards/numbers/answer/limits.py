"""Limits of pruning by series: safe and critical sparsity, at the last step and at the best checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.critical import Critical, critical
from dashboards.numbers.answer.margins import Walk, walks, walks_best, walks_over_seeds
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
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


def limits_of(results: Results) -> tuple[Limits, ...]:
    """Those of one task. Computed once: the verdict, the ranking, the figures and the matrix need them."""
    if "limits" not in results.derived:
        sparse = [cell for cell in cells(results) if not cell.series.dense]
        results.derived["limits"] = limits(sparse, results.margin, results.confidence)
    return results.derived["limits"]


def limits(sparse: Sequence[Cell], margin: float, confidence: float) -> tuple[Limits, ...]:
    """The limits of all series with dense twins, in their order. Controls have other twins."""
    best = {walk.series: walk for walk in walks_best(sparse, margin, confidence)}
    result = []
    for last, seeds in zip(
        walks(sparse, margin, confidence), walks_over_seeds(sparse, margin, confidence), strict=True
    ):
        line = [cell for cell in sparse if cell.series == last.series]
        if reached := critical(line, margin, confidence):
            result.append(Limits(last, seeds, best.get(last.series), reached))
    return tuple(result)


def _safe(walk: Walk) -> float | None:
    return walk.safe.sparsity if walk.safe else None
