"""Means over seeds, their intervals and tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite, sqrt
from typing import Literal

import numpy as np
from scipy import stats

ENOUGH = 5  # seeds from which on a report says more than an interval
RANKED = 8  # seeds from which on ranks can tell something too: with 5 their p is 0.0625 at least


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds, in the unit of the values; `sd`, `low` and `high` are None where there is one value.

    `signed_rank` is the p-value of Wilcoxon's two-sided test that the values lie symmetrically around 0; None below
    RANKED values.
    """

    n: int
    mean: float
    sd: float | None = None  # of the sample: divided by n - 1
    low: float | None = None  # ends of the t-interval of the mean
    high: float | None = None
    signed_rank: float | None = None

    @property
    def excludes_zero(self) -> bool:
        """Whether there is an interval and 0 lies outside it."""
        return self.low is not None and not self.low <= 0 <= self.high

    def lower_bound(self, confidence: float) -> float | None:
        """The one-sided lower t-bound of the mean; None where there is one value."""
        if self.sd is None:
            return None
        return self.mean - _quantile(confidence, self.n - 1) * self.sd / sqrt(self.n)

    @property
    def p_value(self) -> float | None:
        """Of the two-sided t-test that the mean is 0; None where there is one value."""
        if self.sd is None:
            return None
        if self.sd == 0:
            return float(self.mean == 0)
        return float(2 * stats.t.sf(abs(self.mean) * sqrt(self.n) / self.sd, self.n - 1))


def estimate(values: Sequence[float], confidence: float = 0.95) -> Estimate | None:
    """Mean, standard deviation and two-sided t-interval of the finite values; None where there are none.

    >>> estimate([1.0, 2.0, 3.0]).mean
    2.0
    """
    finite = np.array([value for value in values if isfinite(value)], dtype=float)
    if finite.size == 0:
        return None
    mean = float(finite.mean())
    if finite.size == 1:
        return Estimate(1, mean)
    sd = float(finite.std(ddof=1))
    half = _quantile((1 + confidence) / 2, finite.size - 1) * sd / sqrt(finite.size)
    return Estimate(finite.size, mean, sd, mean - half, mean + half, _signed_rank(finite))


@cache
def _quantile(share: float, freedom: int) -> float:
    """Of Student's t: a page asks for the same few thousands of times."""
    return float(stats.t.ppf(share, freedom))


def _signed_rank(values: np.ndarray) -> float | None:
    if values.size < RANKED:
        return None
    return float(stats.wilcoxon(values).pvalue) if values.any() else 1.0


def paired(ours: Mapping[int, float], theirs: Mapping[int, float], confidence: float = 0.95) -> Estimate | None:
    """The mean of `ours` - `theirs` over the seeds that both have."""
    return estimate([value - theirs[seed] for seed, value in ours.items() if seed in theirs], confidence)


def adjusted(
    estimates: Sequence[Estimate | None], test: Literal["p_value", "signed_rank"] = "p_value"
) -> list[float | None]:
    """The p-value of each, adjusted by Holm over those that rest on seeds enough for the test; None for all others.

    >>> adjusted([estimate([1.0, 2.0, 3.0]), None])
    [None, None]
    """
    least = {"p_value": ENOUGH, "signed_rank": RANKED}[test]
    enough = [index for index, one in enumerate(estimates) if one is not None and one.n >= least]
    p_values = dict(zip(enough, holm([getattr(estimates[index], test) for index in enough])))
    return [p_values.get(index) for index in range(len(estimates))]


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for their number, in the same order (Holm 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = least
    return adjusted
