"""Two series at equal size: does one do better than the other?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboards.numbers.cells.cell import Cell
from dashboards.statistics.estimates import ENOUGH, Estimate, adjusted, is_clear
from dashboards.statistics.sizes import equal_size

EQUAL_TRAINING = 0.05  # training steps may differ by this fraction


@dataclass(frozen=True)
class Comparison:
    """How much better `ours` is than `theirs`, paired by seed; no difference where their sizes are not equal."""

    ours: Cell
    theirs: Cell
    difference: Estimate | None  # above 0 ours is better
    p_value: float | None = None  # of the paired t-test, by Holm over all that are told together; see told_together

    @property
    def times_the_training(self) -> float | None:
        """Optimizer steps of `ours` over those of `theirs`, where they are so far apart that a reader should know."""
        return times_the_training(self.ours.steps, self.theirs.steps)

    @property
    def sparsity(self) -> float:
        """That both were asked for."""
        return self.ours.level

    @property
    def enough(self) -> bool:
        """Whether there are seeds enough for a verdict."""
        return self.difference is not None and self.difference.n >= ENOUGH

    def clear(self, confidence: float) -> bool:
        """Whether the difference is more than chance."""
        return is_clear(self.p_value, confidence)

    def turned(self) -> Comparison:
        """The same with the sides exchanged."""
        return Comparison(self.theirs, self.ours, -self.difference if self.difference else None, self.p_value)


def times_the_training(ours: float | None, theirs: float | None) -> float | None:
    """One number of steps over another, where they are so far apart that a reader should know; else None."""
    if not ours or not theirs:
        return None
    times = ours / theirs
    return None if abs(times - 1) <= EQUAL_TRAINING else times


def told_together(found: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons of one table or of one list of sentences, with their p-values adjusted for their number."""
    p_values = adjusted([one.difference for one in found])
    return tuple(replace(one, p_value=p_value) for one, p_value in zip(found, p_values, strict=True))


def compared(cells: Iterable[Cell], ours: str, confidence: float, levels: int = 2) -> tuple[Comparison, ...]:
    """The method `ours` against every other series on the same workload, at their `levels` sparsest common levels.

    Neither dense series nor controls take part."""
    present = [cell for cell in cells if cell.value and not cell.series.dense and not cell.series.control]
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
                    result.append(comparison(mine[cell.sparsity], cell, confidence))
    return told_together(result)


def comparison(ours: Cell, theirs: Cell, confidence: float) -> Comparison:
    """Of two cells."""
    if ours.nonzero is None or theirs.nonzero is None or not equal_size(ours.nonzero, theirs.nonzero):
        return Comparison(ours, theirs, None)
    return Comparison(ours, theirs, ours.ahead_of(theirs, confidence))
