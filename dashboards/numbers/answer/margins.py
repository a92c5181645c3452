"""Safe sparsity: the largest sparsity up to which a series surely loses less than the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series
from dashboards.statistics.estimates import ENOUGH, Estimate, adjusted, is_clear


@dataclass(frozen=True)
class Level:
    """A cell on a walk and its gain on the twin; negative: worse."""

    cell: Cell
    gain: Estimate
    loses: bool  # whether it surely loses more than the margin, adjusted by Holm over the sweep


@dataclass(frozen=True)
class Walk:
    """One series, walked from dense to sparse over the cells with pairs, up to the first unsafe cell.

    A cell is safe if the one-sided lower bound of its mean gain on the twin is above -margin.
    """

    series: Series
    passed: tuple[Level, ...]  # the safe levels
    failed: Level | None  # the first unsafe level; None: all are safe
    unpaired: tuple[float, ...]  # levels before `failed` without pairs
    losing: tuple[Cell, ...] = ()  # cells at any level that surely lose more than the margin

    @property
    def safe(self) -> Cell | None:
        """The last safe cell; None if the first is unsafe."""
        return self.passed[-1].cell if self.passed else None

    @property
    def unsafe(self) -> Cell | None:
        """The first unsafe cell; None if all are safe."""
        return self.failed.cell if self.failed else None

    @property
    def walked(self) -> tuple[Level, ...]:
        """All levels behind the answer."""
        return (*self.passed, *((self.failed,) if self.failed else ()))

    @property
    def fewest(self) -> int:
        """The least number of pairs at a level behind the answer."""
        return min(level.gain.n for level in self.walked)

    @property
    def enough(self) -> bool:
        """Whether there are enough seeds for a verdict."""
        return self.fewest >= ENOUGH

    @property
    def over_seeds_alone(self) -> tuple[float, ...]:
        """Levels without single examples: there the answer holds only for this test set."""
        return tuple(level.cell.level for level in self.walked if level.gain.over_examples is None)


def walks(cells: Iterable[Cell], margin: float, confidence: float) -> tuple[Walk, ...]:
    """The walks of all series with pairs, in their order. Cells come by series, from dense to sparse."""
    return _walks(cells, lambda cell: cell.gain, margin, confidence)


def walks_over_seeds(cells: Iterable[Cell], margin: float, confidence: float) -> tuple[Walk, ...]:
    """The walks judged over seeds only, comparable with best checkpoints, which have no single examples."""
    return _walks(cells, lambda cell: cell.gain and replace(cell.gain, over_examples=None), margin, confidence)


def walks_best(cells: Iterable[Cell], margin: float, confidence: float) -> tuple[Walk, ...]:
    """The walks with values at the best checkpoint, chosen on the validation set."""
    return _walks(cells, lambda cell: cell.best_gain, margin, confidence)


def _walks(
    cells: Iterable[Cell], gain: Callable[[Cell], Estimate | None], margin: float, confidence: float
) -> tuple[Walk, ...]:
    """Controls are left out, since their twins are not dense, and cells below their planned sparsity."""
    steps = [(cell, gain(cell)) for cell in cells if cell.level > 0 and cell.arrived and not cell.series.control]
    p_values = adjusted([estimate for _, estimate in steps], null=-margin)
    levels = [(cell, _level(cell, estimate, p_value, margin, confidence))
              for (cell, estimate), p_value in zip(steps, p_values, strict=True)]  # fmt: skip
    by_series = groupby(levels, key=lambda pair: pair[0].series)
    candidates = (_walk(list(members), margin, confidence) for _, members in by_series)
    return tuple(walk for walk in candidates if walk)


def _level(
    cell: Cell, estimate: Estimate | None, p_value: float | None, margin: float, confidence: float
) -> Level | None:
    if estimate is None:
        return None
    return Level(cell, estimate, estimate.mean < -margin and is_clear(p_value, confidence))


def _walk(levels: Sequence[tuple[Cell, Level | None]], margin: float, confidence: float) -> Walk | None:
    """The walk over these levels; None without pairs."""
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
