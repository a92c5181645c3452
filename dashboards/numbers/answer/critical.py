"""Critical sparsity: where, between the levels tried, a series' loss reaches the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import exp, inf, log
from statistics import median

from scipy.optimize import isotonic_regression

from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series
from dashboards.statistics.estimates import ROUNDING, Estimate, estimate


@dataclass(frozen=True)
class Crossing:
    """Where a loss reaches the margin, in sparsities, in [0, 1).

    Of one seed: interpolated between two levels, of which nothing in between was tried."""

    at: float
    denser: float  # the last level that does not lose the margin; 0: the twin
    sparser: float  # the first that does


@dataclass(frozen=True)
class Critical:
    """One series. Sparsities are fractions removed; seeds that never lose the margin are None."""

    series: Series
    by_seed: Mapping[int, Crossing | None]
    sparsest: float  # the level beyond which nothing is known
    confidence: float

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Of the seeds that lose the margin at all."""
        return tuple(one for one in self.by_seed.values() if one is not None)

    @property
    def crossed(self) -> int:
        """How many these are."""
        return len(self.crossings)

    @property
    def typical(self) -> Crossing | None:
        """The mean over seeds, taken on the scale of log density; the median where a seed never crosses. It stands
        between the levels that all crossings lie between.

        None: beyond the sparsest level, as for half of the seeds at least."""
        if mean := self._log_density(lambda one: one.at):
            middle = 1 - exp(mean.mean)
        else:
            middle = median(inf if one is None else one.at for one in self.by_seed.values())
        if middle == inf:
            return None
        crossings = self.crossings
        return Crossing(middle, min(one.denser for one in crossings), max(one.sparser for one in crossings))

    @property
    def interval(self) -> tuple[float, float] | None:
        """From the lower t-limit of the seeds' denser levels to the upper one of their sparser levels.

        So it holds however the loss runs between levels, where nothing was tried. None where a seed never crosses, of
        one seed, and where it leaves no level out."""
        denser, sparser = self._log_density(lambda one: one.denser), self._log_density(lambda one: one.sparser)
        if denser is None or sparser is None or self.crossed < 2:
            return None
        ends = (one.interval or (one.mean, one.mean) for one in (denser, sparser))  # all seeds between the same two
        (_, most), (least, _) = ends
        low, high = max(0.0, 1 - exp(most)), 1 - exp(least)
        return None if low == 0 and high > self.sparsest else (low, high)

    def _log_density(self, of: Callable[[Crossing], float]) -> Estimate | None:
        """Over seeds; None where one never crosses."""
        if self.crossed < len(self.by_seed):
            return None
        return estimate([log(1 - of(one)) for one in self.crossings], self.confidence)


def critical(cells: Iterable[Cell], margin: float, confidence: float) -> Critical | None:
    """The critical sparsity of one series, given from dense to sparse; None where no seed has a pair."""
    cells = [cell for cell in cells if cell.sparsity > 0 and cell.arrived]
    levels = [(cell.sparsity, cell.gains) for cell in cells]
    seeds = sorted({seed for _, gains in levels for seed in gains})
    if not seeds:
        return None
    by_seed = {
        seed: crossing([(sparsity, gains[seed]) for sparsity, gains in levels if seed in gains], margin)
        for seed in seeds
    }
    return Critical(cells[0].series, by_seed, max(sparsity for sparsity, gains in levels if gains), confidence)


def crossing(levels: Iterable[tuple[float, float]], margin: float) -> Crossing | None:
    """Where the gain on the twin falls below -margin; None where it never does.

    `levels` are (sparsity, gain) from dense to sparse. Gains are made to fall with sparsity by isotonic
    regression, together with the twin itself (no difference at sparsity 0), and joined by lines over log density.

    >>> round(crossing([(0.5, 0.0), (0.75, -0.02)], 0.01).at, 4)
    0.6464
    """
    sparsities, gains = zip((0.0, 0.0), *levels, strict=True)
    fitted = isotonic_regression(gains, increasing=False).x  # the first is 0 at least: the twin's own
    below = next((index for index, value in enumerate(fitted) if value < -margin - ROUNDING), None)
    if below is None:
        return None
    before, after = (log(1 - sparsities[index]) for index in (below - 1, below))
    share = (fitted[below - 1] + margin) / (fitted[below - 1] - fitted[below])
    at = float(1 - exp(before + share * (after - before)))
    return Crossing(at, sparsities[below - 1], sparsities[below])
