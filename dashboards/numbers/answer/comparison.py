"""Comparisons of two series at equal size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboards.numbers.cells.cell import Cell
from dashboards.statistics.estimates import ENOUGH, Estimate, adjusted, is_clear
from dashboards.statistics.sizes import equal_size

EQUAL_TRAINING = 0.05  # training steps may differ by this fraction


@dataclass(frozen=True)
class Comparison:
    """The gain of `ours` on `theirs`, paired by seed; no difference if their sizes are unequal."""

    ours: Cell
    theirs: Cell
    difference: Estimate | None  # positive: ours is better
    p_value: float | None = None  # of the paired t-test, adjusted by Holm, see with_p_values

    @property
    def times_the_training(self) -> float | None:
        """Ratio of optimizer steps, `ours` to `theirs`; None if they are nearly equal."""
        return times_the_training(self.ours.steps, self.theirs.steps)

    @property
    def sparsity(self) -> float:
        """The planned sparsity of both."""
        return self.ours.level

    @property
    def enough(self) -> bool:
        """Whether there are enough seeds for a verdict."""
        return self.difference is not None and self.difference.n >= ENOUGH

    def clear(self, confidence: float) -> bool:
        """Whether the difference is significant."""
        return is_clear(self.p_value, confidence)

    def turned(self) -> Comparison:
        """The comparison with its sides exchanged."""
        return Comparison(self.theirs, self.ours, -self.difference if self.difference else None, self.p_value)


def times_the_training(ours: float | None, theirs: float | None) -> float | None:
    """The ratio of two numbers of steps; None if they differ by at most EQUAL_TRAINING."""
    if not ours or not theirs:
        return None
    times = ours / theirs
    return None if abs(times - 1) <= EQUAL_TRAINING else times


def with_p_values(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons of one table or one list of sentences, with p-values adjusted for their number."""
    p_values = adjusted([pair.difference for pair in comparisons])
    return tuple(replace(pair, p_value=p_value) for pair, p_value in zip(comparisons, p_values, strict=True))


def compared(cells: Iterable[Cell], ours: str, confidence: float, levels: int = 2) -> tuple[Comparison, ...]:
    """The method `ours` against every other series on the same workload, at their `levels` sparsest common levels.

    Dense series and controls are left out.
    """
    present = [cell for cell in cells if cell.value and not cell.series.dense and not cell.series.control]
    result = []
    for series in dict.fromkeys(cell.series for cell in present if cell.series.method == ours):
        by_level = {cell.sparsity: cell for cell in present if cell.series == series}
        for other in dict.fromkeys(cell.series for cell in present if cell.series.method != ours):
            if series.workload != other.workload:
                continue
            common = sorted(cell.sparsity for cell in present if cell.series == other and cell.sparsity in by_level)[
                -levels:
            ]
            for cell in present:
                if cell.series == other and cell.sparsity in common:
                    result.append(comparison(by_level[cell.sparsity], cell, confidence))
    return with_p_values(result)


def comparison(ours: Cell, theirs: Cell, confidence: float) -> Comparison:
    """The comparison of two cells."""
    if ours.size is None or theirs.size is None or not equal_size(ours.size, theirs.size):
        return Comparison(ours, theirs, None)
    return Comparison(ours, theirs, ours.ahead_of(theirs, confidence))
