"""Safe sparsity: how far a series can be pruned and surely loses less than the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series
from dashboards.statistics.estimates import ENOUGH, Estimate, adjusted, is_clear


@dataclass(frozen=True)
class Level:
    """A cell of a series that is walked, and how much better than its twin it is: below 0 it is worse."""

    cell: Cell
    gain: Estimate
    loses: bool  # whether it surely loses more than the margin: by Holm over all levels and series of the sweep


@dataclass(frozen=True)
class Walk:
    """One series, walked from dense to sparse over the cells that have pairs, up to the first that is not safe.

    A cell is safe where the one-sided lower bound of its mean gain on the twin is above -margin."""

    series: Series
    passed: tuple[Level, ...]  # the safe ones
    failed: Level | None  # the first that is not safe; None: all are
    unpaired: tuple[float, ...]  # levels before `failed` at which there is no pair
    losing: tuple[Cell, ...] = ()  # at any level, those that surely lose more than the margin

    @property
    def safe(self) -> Cell | None:
        """The last safe one; None: the first is not."""
        return self.passed[-1].cell if self.passed else None

    @property
    def unsafe(self) -> Cell | None:
        """The first that is not safe; None: all are."""
        return self.failed.cell if self.failed else None

    @property
    def walked(self) -> tuple[Level, ...]:
        """All that the answer rests on."""
        return (*self.passed, *((self.failed,) if self.failed else ()))

    @property
    def fewest(self) -> int:
        """Pairs at any level that the answer rests on, at the least."""
        return min(one.gain.n for one in self.walked)

    @property
    def enough(self) -> bool:
        """Whether there are seeds enough for a verdict."""
        return self.fewest >= ENOUGH

    @property
    def over_seeds_alone(self) -> tuple[float, ...]:
        """Levels at which single examples are not known, so that the answer holds for this test set."""
        return tuple(one.cell.level for one in self.walked if one.gain.over_examples is None)


def walks(cells: Iterable[Cell], margin: float, confidence: float) -> tuple[Walk, ...]:
    """Every series that has pairs, in their order; cells come series by series, from dense to sparse."""
    return _walks(cells, lambda cell: cell.gain, margin, confidence)


def walks_over_seeds(cells: Iterable[Cell], margin: float, confidence: float) -> tuple[Walk, ...]:
    """The same judged over seeds alone, as best checkpoints are, of which single examples are not known."""
    return _walks(cells, lambda cell: cell.gain and replace(cell.gain, over_examples=None), margin, confidence)


def walks_best(cells: Iterable[Cell], margin: float, confidence: float) -> tuple[Walk, ...]:
    """The same with the values at the best checkpoint, chosen on the validation set."""
    return _walks(cells, lambda cell: cell.best_gain, margin, confidence)


def _walks(
    cells: Iterable[Cell], gain: Callable[[Cell], Estimate | None], margin: float, confidence: float
) -> tuple[Walk, ...]:
    """Controls are left out, whose twins are not dense, and what has not come to its sparsity."""
    steps = [(cell, gain(cell)) for cell in cells if cell.level > 0 and cell.arrived and not cell.series.control]
    p_values = adjusted([one for _, one in steps], null=-margin)
    levels = [
        (cell, None if one is None else Level(cell, one, one.mean < -margin and is_clear(p_value, confidence)))
        for (cell, one), p_value in zip(steps, p_values, strict=True)
    ]
    found = (_walk(list(own), margin, confidence) for _, own in groupby(levels, key=lambda one: one[0].series))
    return tuple(walk for walk in found if walk)


def _walk(levels: Sequence[tuple[Cell, Level | None]], margin: float, confidence: float) -> Walk | None:
    """None where no cell has a pair."""
    passed: list[Level] = []
    unpaired = []
    losing = tuple(cell for cell, level in levels if level and level.loses)
    for cell, level in levels:
        if level is None:
            unpaired.append(cell.level)
        elif level.gain.surely_above(-margin, confidence):
            passed.append(level)
        else:
            return Walk(cell.series, tuple(passed), level, tuple(unpaired), losing)
    return Walk(passed[-1].cell.series, tuple(passed), None, tuple(unpaired), losing) if passed else None
