"""Critical sparsity: where, between the levels tried, a series' loss reaches the margin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, inf, log
from statistics import median

from scipy.optimize import isotonic_regression

from dashboards.cells import Cell
from dashboards.series import Series
from dashboards.statistics import Estimate, estimate

ROUNDING = 1e-12  # of accuracies that are subtracted: exactly on the margin is not below it


@dataclass(frozen=True)
class Critical:
    """One series. Sparsities are fractions removed; seeds that never lose the margin are None."""

    series: Series
    by_seed: Mapping[int, float | None]
    sparsest: float  # the level beyond which nothing is known
    log_density: Estimate | None  # mean over seeds; None where a seed never crosses
    between: tuple[float, float] | None  # the levels tried on both sides of the typical crossing

    @property
    def crossed(self) -> int:
        """Seeds that lose the margin at all."""
        return sum(value is not None for value in self.by_seed.values())

    @property
    def typical(self) -> float | None:
        """The mean over seeds, taken on the scale of log density; the median where a seed never crosses.

        None: beyond the sparsest level, as for half of the seeds at least."""
        if self.log_density is not None:
            return 1 - exp(self.log_density.mean)
        middle = median(inf if value is None else value for value in self.by_seed.values())
        return None if middle == inf else middle

    @property
    def interval(self) -> tuple[float, float] | None:
        """The t-interval of the mean; None where there is no mean, or one seed."""
        one = self.log_density
        return None if one is None or one.low is None else (1 - exp(one.high), 1 - exp(one.low))


def critical(cells: Iterable[Cell], margin: float, confidence: float) -> Critical | None:
    """The critical sparsity of one series, given from dense to sparse; None where no seed has a pair."""
    cells = [cell for cell in cells if cell.sparsity > 0]
    seeds = sorted({seed for cell in cells for seed in cell.differences})
    if not seeds:
        return None
    by_seed = {
        seed: crossing([(cell.sparsity, cell.differences[seed]) for cell in cells if seed in cell.differences], margin)
        for seed in seeds
    }
    crossed = [log(1 - value) for value in by_seed.values() if value is not None]
    log_density = estimate(crossed, confidence) if len(crossed) == len(seeds) else None
    levels = [0.0, *(cell.sparsity for cell in cells if cell.differences)]
    found = Critical(cells[0].series, by_seed, levels[-1], log_density, None)
    return found if found.typical is None else Critical(
        found.series, by_seed, levels[-1], log_density, _around(found.typical, levels)
    )  # fmt: skip


def crossing(levels: Iterable[tuple[float, float]], margin: float) -> float | None:
    """The sparsity at which the difference to the twin falls below -margin; None where it never does.

    `levels` are (sparsity, difference) from dense to sparse. Differences are made to fall with sparsity by isotonic
    regression, together with the twin itself (no difference at sparsity 0), and joined by lines over log density.

    >>> round(crossing([(0.5, 0.0), (0.75, -0.02)], 0.01), 4)
    0.6464
    """
    sparsities, differences = zip((0.0, 0.0), *levels)
    fitted = isotonic_regression(differences, increasing=False).x
    below = next((index for index, value in enumerate(fitted) if value < -margin - ROUNDING), None)
    if below is None or below == 0:
        return None if below is None else 0.0
    before, after = (log(1 - sparsities[index]) for index in (below - 1, below))
    share = (fitted[below - 1] + margin) / (fitted[below - 1] - fitted[below])
    return float(1 - exp(before + share * (after - before)))


def _around(sparsity: float, levels: list[float]) -> tuple[float, float]:
    """The neighbouring levels; the mean of crossings may lie on one of them."""
    above = next((level for level in levels if level >= sparsity and level > 0), levels[-1])
    return max(level for level in levels if level < above), above
