"""Means over seeds, their intervals and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

ENOUGH = 5  # seeds that a verdict needs; with fewer, a report gives only the interval
RANKED = 8  # seeds that the signed-rank test needs: with 5 its p-value is never below 0.0625
ROUNDING = 1e-12  # values closer than this are equal: a difference has rounding errors

Range = tuple[float, float]  # the least and the greatest possible value
ANY: Range = (-inf, inf)
POSITIVE: Range = (0.0, inf)
SHARE: Range = (0.0, 1.0)  # fractions, such as an accuracy
CHANGE: Range = (-1.0, 1.0)  # differences of fractions
CHANGE_OF_CHANGE: Range = (-2.0, 2.0)  # differences of such differences


@dataclass(frozen=True)
class Estimate:
    """A mean with what its t-interval and its tests need, in the unit of the values.

    `error` is None for a single value, which has no interval, no bound and no test.
    """

    n: int  # seeds
    mean: float
    error: float | None = None  # standard error of the mean
    freedom: float = 0.0  # degrees of freedom of its t-distribution; 0 for one value
    confidence: float = 0.95  # confidence of the interval, in (0, 1)
    possible: Range = ANY
    signed_rank: float | None = None  # p-value of Wilcoxon's two-sided signed-rank test; None below RANKED values
    over_examples: Estimate | None = None  # the same mean over seeds and examples; see crossed

    @property
    def sd(self) -> float | None:
        """Sample standard deviation over seeds, with n - 1 in the denominator."""
        return None if self.error is None else self.error * sqrt(self.n)

    @property
    def interval(self) -> Range | None:
        """Ends of the t-interval, cut off at the possible range.

        None where the values do not show a spread: for one value, and for fewer than ENOUGH equal values. None also
        where the interval covers the whole possible range.
        """
        if self.error is None or (self.error == 0 and self.n < ENOUGH):
            return None
        half = _quantile((1 + self.confidence) / 2, self.freedom) * self.error
        ends = max(self.mean - half, self.possible[0]), min(self.mean + half, self.possible[1])
        return None if ends == self.possible else ends

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return self.interval[0] if self.interval else None

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return self.interval[1] if self.interval else None

    @property
    def judged_over(self) -> tuple[Estimate, ...]:
        """The estimates for which a verdict must hold: over seeds, and over examples too where they are known.

        A verdict needs both. The second estimate may have the many degrees of freedom of the examples, and then its
        tail is too light. At a level of 0.001, which Holm's adjustment asks of many tests, it errs up to eight times
        too often alone. Both together do not.
        """
        return (self, self.over_examples) if self.over_examples else (self,)

    def surely_above(self, least: float, confidence: float) -> bool:
        """Whether the one-sided lower bound of the mean is above `least`."""
        bounds = [estimate.lower_bound(confidence) for estimate in self.judged_over]
        return all(bound is not None and bound > least for bound in bounds)

    def off_zero(self) -> bool:
        """Whether every interval excludes 0."""
        intervals = [estimate.interval for estimate in self.judged_over]
        return all(interval is None or not interval[0] <= 0 <= interval[1] for interval in intervals)

    def at(self, confidence: float) -> Estimate:
        """The same estimate with intervals at another confidence."""
        wider = self.over_examples and self.over_examples.at(confidence)
        return replace(self, confidence=confidence, over_examples=wider)

    def __neg__(self) -> Estimate:
        """The estimate of the values with opposite signs."""
        least, most = self.possible
        wider = self.over_examples and -self.over_examples
        return replace(self, mean=-self.mean, possible=(-most, -least), over_examples=wider)

    def lower_bound(self, confidence: float) -> float | None:
        """One-sided lower t-bound of the mean; None for one value."""
        return None if self.error is None else self.mean - _quantile(confidence, self.freedom) * self.error

    def p_value(self, null: float = 0.0) -> float | None:
        """p-value of the two-sided t-test of the mean against `null`; None for one value."""
        if self.error is None:
            return None
        if self.error == 0:
            return float(abs(self.mean - null) <= ROUNDING)
        return float(2 * stdtr(self.freedom, -abs(self.mean - null) / self.error))


def estimate(values: Sequence[float], confidence: float = 0.95, possible: Range = ANY) -> Estimate | None:
    """Mean and two-sided t-interval of the finite values; None if there are none.

    >>> estimate([1.0, 2.0, 3.0]).mean
    2.0
    """
    finite = np.array([value for value in values if isfinite(value)], dtype=float)
    if finite.size == 0:
        return None
    mean = float(finite.mean())
    if finite.size == 1:
        return Estimate(1, mean, confidence=confidence, possible=possible)
    equal = np.ptp(finite) <= ROUNDING
    error = 0.0 if equal else float(finite.std(ddof=1)) / sqrt(finite.size)
    return Estimate(finite.size, mean, error, finite.size - 1, confidence, possible, _signed_rank(finite))


def _quantile(share: float, freedom: float) -> float:
    """Quantile of Student's t-distribution. A page needs thousands, and scipy's stats.t is a hundred times slower."""
    return float(stdtrit(freedom, share))


def _signed_rank(values: np.ndarray) -> float | None:
    return signed_rank(values) if values.size >= RANKED else None


def signed_rank(values: np.ndarray) -> float:
    """Exact p-value of Wilcoxon's two-sided signed-rank test, over all signs of the ranks of the nonzero values.

    Ties have their mean rank. Accuracies on 10,000 images tie often; then scipy tries the signs one by one, which takes
    a third of a second.
    """
    sizes, tied = np.unique(np.abs(values).round(12), return_inverse=True)
    counts = np.bincount(tied)
    first = 1 if sizes[0] == 0 else 0  # zeros have no rank
    counts[:first] = 0
    doubled = (2 * np.cumsum(counts) - counts + 1)[tied]  # twice the ranks: whole numbers despite ties
    doubled[tied < first] = 0
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1
    for rank in doubled[doubled > 0]:
        ways[rank:] += ways[:-rank].copy()
    plus = doubled[values > 0].sum()
    tail = min(ways[: plus + 1].sum(), ways[plus:].sum()) / ways.sum()
    return min(1.0, 2 * float(tail))


def paired(
    first: Mapping[int, float], second: Mapping[int, float], confidence: float = 0.95, possible: Range = ANY
) -> Estimate | None:
    """Mean of `first` - `second` over the seeds that both have."""
    return estimate([value - second[seed] for seed, value in first.items() if seed in second], confidence, possible)


def adjusted(
    estimates: Sequence[Estimate | None], test: Literal["t", "signed_rank"] = "t", null: float = 0.0
) -> list[float | None]:
    """The p-value of each estimate, adjusted by Holm over those with enough seeds for the test; None for the rest.

    >>> adjusted([estimate([1.0, 2.0, 3.0]), None])
    [None, None]
    """
    p_values = [None if estimate is None else _p_value(estimate, test, null) for estimate in estimates]
    tested = {index: p_value for index, p_value in enumerate(p_values) if p_value is not None}
    by_index = dict(zip(tested, holm(list(tested.values())), strict=True))
    return [by_index.get(index) for index in range(len(estimates))]


def _p_value(estimate: Estimate, test: Literal["t", "signed_rank"], null: float) -> float | None:
    """None below the number of seeds that the test needs."""
    if test == "signed_rank":
        return estimate.signed_rank
    p_values = [p_value for part in estimate.judged_over if (p_value := part.p_value(null)) is not None]
    return max(p_values) if estimate.n >= ENOUGH else None


def is_clear(p_value: float | None, confidence: float) -> bool:
    """Whether an adjusted p-value is significant at this confidence; False without one."""
    return p_value is not None and p_value < 1 - confidence


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for their number by Holm (1979), in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = least
    return adjusted
