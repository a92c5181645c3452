"""How far each series can be pruned: safe and critical sparsity, at the last step and at the best checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.cells import Cell
from dashboards.critical import Critical, critical
from dashboards.margins import Walk, walk, walk_best
from dashboards.series import Series


@dataclass(frozen=True)
class Limits:
    """Of one series that has pairs."""

    last: Walk  # the primary outcome
    best: Walk | None  # None where no run has a best checkpoint
    critical: Critical

    @property
    def series(self) -> Series:
        """Whose they are."""
        return self.last.series

    @property
    def agree(self) -> bool:
        """Whether the best checkpoints lead to the same safe sparsity."""
        return self.best is None or _safe(self.best) == _safe(self.last)


def limits(cells: Sequence[Cell], margin: float, confidence: float) -> tuple[Limits, ...]:
    """The limits of all series that have pairs with dense twins, in their order; controls have other twins."""
    found = []
    for series in dict.fromkeys(cell.series for cell in cells if not cell.series.control):
        line = [cell for cell in cells if cell.series == series]
        if last := walk(line, margin, confidence):
            found.append(Limits(last, walk_best(line, margin, confidence), critical(line, margin, confidence)))
    return tuple(found)


def _safe(one: Walk) -> float | None:
    return one.safe.sparsity if one.safe else None
