"""Means over seeds and examples at once: whether a difference holds for other seeds and for other test examples.

Every seed has one value for every example: two crossed random effects without replication. An interval over seeds
alone holds only for the given test examples. Here the examples are a random sample too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from dashboards.statistics.estimates import ANY, Estimate, Range


@dataclass(frozen=True)
class MeanSquares:
    """Analysis of variance of a table of n seeds by m examples."""

    n: int  # seeds
    m: int  # examples
    mean: float  # mean of the whole table
    seeds: float  # mean square of the seeds' means, with n - 1 degrees of freedom
    examples: float  # mean square of the examples' means, with m - 1 degrees of freedom
    rest: float  # mean square of the residuals, with (n - 1)(m - 1) degrees of freedom

    @property
    def crossed(self) -> float:
        """Unbiased estimate of n m times the variance of the mean; chance may make it negative."""
        return self.seeds + self.examples - self.rest

    @property
    def error(self) -> float:
        """Standard error of the mean: at least the one over seeds alone and the one over examples alone."""
        return sqrt(max(self.crossed, self.seeds, self.examples) / (self.n * self.m))

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the error: Satterthwaite (1946) for the sum, and at least n - 1."""
        n, m = self.n - 1, self.m - 1
        largest = max(self.crossed, self.seeds, self.examples)
        if largest == self.seeds:
            return n
        if largest == self.examples:
            return max(n, m)
        spread = self.seeds**2 / n + self.examples**2 / m + self.rest**2 / (n * m)
        return max(n, self.crossed**2 / spread)


def mean_squares(table: Sequence[np.ndarray]) -> MeanSquares:
    """Mean squares of a table with one row per seed.

    The table has two or more rows of two or more examples. Rows are handled one by one, which avoids a second table.
    """
    n, m = len(table), table[0].size
    by_seed = np.array([row.mean(dtype=float) for row in table])
    by_example = sum(row.astype(float) for row in table) / n
    mean = by_seed.mean()
    total = sum(np.square(row - mean, dtype=float).sum() for row in table)
    seeds, examples = m * np.square(by_seed - mean).sum(), n * np.square(by_example - mean).sum()
    rest = max(0.0, total - seeds - examples)  # only rounding makes it negative
    return MeanSquares(n, m, float(mean), float(seeds / (n - 1)), float(examples / (m - 1)),
                       float(rest / ((n - 1) * (m - 1))))  # fmt: skip


def crossed(table: Sequence[np.ndarray], confidence: float = 0.95, possible: Range = ANY) -> Estimate | None:
    """Mean over seeds and examples of a table with one row per seed; None below two seeds or two examples."""
    if len(table) < 2 or table[0].size < 2:
        return None
    squares = mean_squares(table)
    return Estimate(squares.n, squares.mean, squares.error, squares.freedom, confidence, possible)
