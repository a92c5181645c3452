"""Means over seeds and examples at once: how far a difference holds for other seeds and for other test examples.

Every seed is seen on every example, once: two crossed random effects without replication. An interval over seeds alone
holds for the test examples at hand; here those are a sample too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from dashboards.statistics.estimates import ANY, Estimate, Range


@dataclass(frozen=True)
class MeanSquares:
    """The analysis of variance of a table of n seeds by m examples."""

    n: int  # seeds
    m: int  # examples
    mean: float  # of the whole table
    seeds: float  # mean square of the seeds' means, n - 1 degrees of freedom
    examples: float  # of the examples' means, m - 1
    rest: float  # of what is left, (n - 1)(m - 1)

    @property
    def crossed(self) -> float:
        """n m times the variance of the mean, without bias; below 0 by chance."""
        return self.seeds + self.examples - self.rest

    @property
    def error(self) -> float:
        """Standard error of the mean; no less than what seeds alone or examples alone give."""
        return sqrt(max(self.crossed, self.seeds, self.examples) / (self.n * self.m))

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the error: Satterthwaite's (1946) for the sum, but at least n - 1."""
        n, m = self.n - 1, self.m - 1
        largest = max(self.crossed, self.seeds, self.examples)
        if largest == self.seeds:
            return n
        if largest == self.examples:
            return max(n, m)
        spread = self.seeds**2 / n + self.examples**2 / m + self.rest**2 / (n * m)
        return max(n, self.crossed**2 / spread)


def mean_squares(table: Sequence[np.ndarray]) -> MeanSquares:
    """Of two rows or more, one a seed, of two examples or more; a row at a time, so that no second table is made."""
    n, m = len(table), table[0].size
    by_seed = np.array([row.mean(dtype=float) for row in table])
    by_example = sum(row.astype(float) for row in table) / n
    mean = by_seed.mean()
    total = sum(np.square(row - mean, dtype=float).sum() for row in table)
    seeds, examples = m * np.square(by_seed - mean).sum(), n * np.square(by_example - mean).sum()
    rest = max(0.0, total - seeds - examples)  # below 0 by rounding alone
    return MeanSquares(n, m, float(mean), float(seeds / (n - 1)), float(examples / (m - 1)),
                       float(rest / ((n - 1) * (m - 1))))  # fmt: skip


def crossed(table: Sequence[np.ndarray], confidence: float = 0.95, possible: Range = ANY) -> Estimate | None:
    """The mean of the table, one row a seed, over seeds and examples; None below two of either."""
    if len(table) < 2 or table[0].size < 2:
        return None
    found = mean_squares(table)
    return Estimate(found.n, found.mean, found.error, found.freedom, confidence, possible)
