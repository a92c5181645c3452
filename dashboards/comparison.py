"""Two series at equal size: does one do better than the other?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.cells import Cell
from dashboards.statistics import Estimate, paired

if TYPE_CHECKING:
    from dashboards.language import TextCell

EQUAL_SIZE = 0.001  # nonzero counts may differ by this fraction of N
EQUAL_TRAINING = 0.05  # and training steps by this


@dataclass(frozen=True)
class Comparison:
    """`ours` minus `theirs` at one sparsity, paired by seed; no difference where their sizes are not equal."""

    ours: Cell | TextCell
    theirs: Cell | TextCell
    difference: Estimate | None

    @property
    def times_the_training(self) -> float | None:
        """Optimizer steps of `ours` over those of `theirs`, where they are so far apart that a reader should know."""
        return times_the_training(self.ours.steps, self.theirs.steps)

    @property
    def sparsity(self) -> float:
        """That both were asked for."""
        return self.ours.sparsity


def times_the_training(ours: float | None, theirs: float | None) -> float | None:
    """One number of steps over another, where they are so far apart that a reader should know; else None."""
    if not ours or not theirs:
        return None
    times = ours / theirs
    return None if abs(times - 1) <= EQUAL_TRAINING else times


def compared(cells: Iterable[Cell], ours: str, confidence: float, levels: int = 2) -> tuple[Comparison, ...]:
    """The method `ours` against every other series on the same workload, at their `levels` sparsest common levels.

    Neither dense series nor controls take part."""
    present = [cell for cell in cells if cell.accuracy and not cell.series.dense and not cell.series.control]
    result = []
    for own in dict.fromkeys(cell.series for cell in present if cell.series.method == ours):
        mine = {cell.sparsity: cell for cell in present if cell.series == own}
        for other in dict.fromkeys(cell.series for cell in present if cell.series.method != ours):
            if own.workload != other.workload:
                continue
            common = sorted(cell.sparsity for cell in present if cell.series == other and cell.sparsity in mine)[
                -levels:
            ]
            for cell in present:
                if cell.series == other and cell.sparsity in common:
                    result.append(_comparison(mine[cell.sparsity], cell, confidence))
    return tuple(result)


def _comparison(ours: Cell, theirs: Cell, confidence: float) -> Comparison:
    counts = (ours.nonzero, theirs.nonzero, theirs.prunable)
    equal = None not in counts and abs(ours.nonzero - theirs.nonzero) <= EQUAL_SIZE * theirs.prunable
    return Comparison(ours, theirs, paired(ours.by_seed, theirs.by_seed, confidence) if equal else None)
