"""Means over seeds, their intervals and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

ENOUGH = 5  # seeds from which on a report says more than an interval
RANKED = 8  # seeds from which on ranks can tell something too: with 5 their p is 0.0625 at least
ROUNDING = 1e-12  # of values that are subtracted: what is closer together is the same

Range = tuple[float, float]  # the least and the greatest possible value
ANY: Range = (-inf, inf)
POSITIVE: Range = (0.0, inf)
SHARE: Range = (0.0, 1.0)  # of fractions such as an accuracy
CHANGE: Range = (-1.0, 1.0)  # of differences of fractions
CHANGE_OF_CHANGE: Range = (-2.0, 2.0)  # of differences of such differences


@dataclass(frozen=True)
class Estimate:
    """A mean and what its t-interval and its tests rest on, in the unit of the values.

    `error` is None where there is one value: then there is neither interval nor bound nor test."""

    n: int  # seeds
    mean: float
    error: float | None = None  # standard error of the mean
    freedom: float = 0.0  # degrees of freedom of its t; 0 of one value
    confidence: float = 0.95  # of the interval, in (0, 1)
    possible: Range = ANY
    signed_rank: float | None = None  # p of Wilcoxon's two-sided test of symmetry around 0; None below RANKED values
    over_examples: Estimate | None = None  # the same mean over seeds and examples; see crossed

    @property
    def sd(self) -> float | None:
        """Of the sample of seeds: divided by n - 1."""
        return None if self.error is None else self.error * sqrt(self.n)

    @property
    def interval(self) -> Range | None:
        """Ends of the t-interval, as far as they are possible.

        None where the values do not tell how they spread: one value, or fewer than ENOUGH that are all the same. None
        also where the interval leaves nothing out that is possible."""
        if self.error is None or (self.error == 0 and self.n < ENOUGH):
            return None
        half = _quantile((1 + self.confidence) / 2, self.freedom) * self.error
        ends = max(self.mean - half, self.possible[0]), min(self.mean + half, self.possible[1])
        return None if ends == self.possible else ends

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""
        return self.interval[0] if self.interval else None

    @property
    def high(self) -> float | None:
        """The upper end."""
        return self.interval[1] if self.interval else None

    @property
    def judged_over(self) -> tuple[Estimate, ...]:
        """What a verdict must hold for: for other seeds, and where single examples are known for other examples too.

        For both, since the second may have the many degrees of freedom of the examples, and then too light a tail: at
        0.001, as Holm asks for among many, it alone errs up to eight times too often, and both together do not."""
        return (self, self.over_examples) if self.over_examples else (self,)

    def surely_above(self, least: float, confidence: float) -> bool:
        """Whether the one-sided lower bound of the mean is."""
        bounds = [one.lower_bound(confidence) for one in self.judged_over]
        return all(bound is not None and bound > least for bound in bounds)

    def off_zero(self) -> bool:
        """Whether no interval has 0 within."""
        return all(one.interval is None or not one.interval[0] <= 0 <= one.interval[1] for one in self.judged_over)

    def at(self, confidence: float) -> Estimate:
        """The same with intervals at another confidence."""
        wider = self.over_examples and self.over_examples.at(confidence)
        return replace(self, confidence=confidence, over_examples=wider)

    def __neg__(self) -> Estimate:
        """Of the same values with their signs turned."""
        least, most = self.possible
        wider = self.over_examples and -self.over_examples
        return replace(self, mean=-self.mean, possible=(-most, -least), over_examples=wider)

    def lower_bound(self, confidence: float) -> float | None:
        """The one-sided lower t-bound of the mean; None where there is one value."""
        return None if self.error is None else self.mean - _quantile(confidence, self.freedom) * self.error

    def p_value(self, null: float = 0.0) -> float | None:
        """Of the two-sided t-test that the mean is `null`; None where there is one value."""
        if self.error is None:
            return None
        if self.error == 0:
            return float(abs(self.mean - null) <= ROUNDING)
        return float(2 * stdtr(self.freedom, -abs(self.mean - null) / self.error))


def estimate(values: Sequence[float], confidence: float = 0.95, possible: Range = ANY) -> Estimate | None:
    """Mean and two-sided t-interval of the finite values; None where there are none.

    >>> estimate([1.0, 2.0, 3.0]).mean
    2.0
    """
    finite = np.array([value for value in values if isfinite(value)], dtype=float)
    if finite.size == 0:
        return None
    mean = float(finite.mean())
    if finite.size == 1:
        return Estimate(1, mean, confidence=confidence, possible=possible)
    alike = np.ptp(finite) <= ROUNDING
    error = 0.0 if alike else float(finite.std(ddof=1)) / sqrt(finite.size)
    return Estimate(finite.size, mean, error, finite.size - 1, confidence, possible, _signed_rank(finite))


def _quantile(share: float, freedom: float) -> float:
    """Of Student's t: a page asks for thousands, and scipy's stats.t takes a hundred times as long."""
    return float(stdtrit(freedom, share))


def _signed_rank(values: np.ndarray) -> float | None:
    return signed_rank(values) if values.size >= RANKED else None


def signed_rank(values: np.ndarray) -> float:
    """p of Wilcoxon's two-sided test, exactly: of all ways to sign the ranks of what is not 0, ties at their mean rank.

    Accuracies on 10,000 images tie often; scipy then tries the ways one by one, which takes a third of a second.
    """
    sizes, tied = np.unique(np.abs(values).round(12), return_inverse=True)
    counts = np.bincount(tied)
    first = 1 if sizes[0] == 0 else 0  # zeros have no rank
    counts[:first] = 0
    doubled = (2 * np.cumsum(counts) - counts + 1)[tied]  # ranks times two, which are whole numbers
    doubled[tied < first] = 0
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1
    for rank in doubled[doubled > 0]:
        ways[rank:] += ways[:-rank].copy()
    plus = doubled[values > 0].sum()
    tail = min(ways[: plus + 1].sum(), ways[plus:].sum()) / ways.sum()
    return min(1.0, 2 * float(tail))


def paired(
    ours: Mapping[int, float], theirs: Mapping[int, float], confidence: float = 0.95, possible: Range = ANY
) -> Estimate | None:
    """The mean of `ours` - `theirs` over the seeds that both have."""
    return estimate([value - theirs[seed] for seed, value in ours.items() if seed in theirs], confidence, possible)


def adjusted(
    estimates: Sequence[Estimate | None], test: Literal["t", "signed_rank"] = "t", null: float = 0.0
) -> list[float | None]:
    """The p-value of each, adjusted by Holm over those that rest on seeds enough for the test; None for all others.

    >>> adjusted([estimate([1.0, 2.0, 3.0]), None])
    [None, None]
    """
    p_values = [None if one is None else _p_value(one, test, null) for one in estimates]
    tested = {index: p_value for index, p_value in enumerate(p_values) if p_value is not None}
    found = dict(zip(tested, holm(list(tested.values())), strict=True))
    return [found.get(index) for index in range(len(estimates))]


def _p_value(one: Estimate, test: Literal["t", "signed_rank"], null: float) -> float | None:
    """None where there are too few seeds for the test."""
    if test == "signed_rank":
        return one.signed_rank
    p_values = [p_value for judged in one.judged_over if (p_value := judged.p_value(null)) is not None]
    return max(p_values) if one.n >= ENOUGH else None


def is_clear(p_value: float | None, confidence: float) -> bool:
    """Whether an adjusted p-value tells of more than chance; not where there is none."""
    return p_value is not None and p_value < 1 - confidence


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
