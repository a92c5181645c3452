"""Critical sparsity: the sparsity between two trained levels at which the loss reaches the margin."""

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
    """The sparsity in [0, 1) at which a loss reaches the margin.

    For one seed it is interpolated between two neighbouring levels.
    """

    at: float
    denser: float  # the last level that keeps the margin; 0: the twin
    sparser: float  # the first level that loses it


@dataclass(frozen=True)
class Critical:
    """The critical sparsity of one series, as a fraction removed. Seeds that never lose the margin are None."""

    series: Series
    by_seed: Mapping[int, Crossing | None]
    sparsest: float  # the last trained level
    confidence: float

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """The crossings of the seeds that lose the margin."""
        return tuple(crossing for crossing in self.by_seed.values() if crossing is not None)

    @property
    def crossed(self) -> int:
        """Number of seeds that lose the margin."""
        return len(self.crossings)

    @property
    def typical(self) -> Crossing | None:
        """The mean over seeds on the scale of log density; the median if a seed never crosses.

        Its two levels enclose all crossings. None: it is beyond the sparsest level, for at least half of the seeds.
        """
        if mean := self._log_density(lambda crossing: crossing.at):
            middle = 1 - exp(mean.mean)
        else:
            middle = median(inf if crossing is None else crossing.at for crossing in self.by_seed.values())
        if middle == inf:
            return None
        crossings = self.crossings
        return Crossing(
            middle, min(crossing.denser for crossing in crossings), max(crossing.sparser for crossing in crossings)
        )

    @property
    def interval(self) -> tuple[float, float] | None:
        """From the lower t-limit of the seeds' denser levels to the upper t-limit of their sparser levels.

        So it holds for any course of the loss between two levels. None if a seed never crosses, for one seed, and if it
        covers all levels.
        """
        denser, sparser = (
            self._log_density(lambda crossing: crossing.denser),
            self._log_density(lambda crossing: crossing.sparser),
        )
        if denser is None or sparser is None or self.crossed < 2:
            return None
        ends = (
            estimate.interval or (estimate.mean, estimate.mean) for estimate in (denser, sparser)
        )  # no spread: all seeds cross between the same levels
        (_, most), (least, _) = ends
        low, high = max(0.0, 1 - exp(most)), 1 - exp(least)
        return None if low == 0 and high > self.sparsest else (low, high)

    def _log_density(self, of: Callable[[Crossing], float]) -> Estimate | None:
        """Estimate of the log density over seeds; None if a seed never crosses."""
        if self.crossed < len(self.by_seed):
            return None
        return estimate([log(1 - of(crossing)) for crossing in self.crossings], self.confidence)


def critical(cells: Iterable[Cell], margin: float, confidence: float) -> Critical | None:
    """The critical sparsity of one series, given from dense to sparse; None without pairs."""
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
    """The sparsity at which the gain on the twin falls below -margin; None if it never does.

    `levels` are (sparsity, gain) from dense to sparse. Gains are made to fall with sparsity by isotonic
    regression, together with the twin itself (no difference at sparsity 0), and joined by lines over log density.

    >>> round(crossing([(0.5, 0.0), (0.75, -0.02)], 0.01).at, 4)
    0.6464
    """
    sparsities, gains = zip((0.0, 0.0), *levels, strict=True)
    fitted = isotonic_regression(gains, increasing=False).x  # at the twin it is at least 0
    below = next((index for index, value in enumerate(fitted) if value < -margin - ROUNDING), None)
    if below is None:
        return None
    before, after = (log(1 - sparsities[index]) for index in (below - 1, below))
    share = (fitted[below - 1] + margin) / (fitted[below - 1] - fitted[below])
    at = float(1 - exp(before + share * (after - before)))
    return Crossing(at, sparsities[below - 1], sparsities[below])
