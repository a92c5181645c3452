"""What networks came to, seed by seed, and example by example where that is known: differences and their estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

import numpy as np

from dashboards.plan_file import OutcomeEntry
from dashboards.read.examples import ExampleOutcomes
from dashboards.statistics.crossed import crossed
from dashboards.statistics.estimates import ANY, POSITIVE, SHARE, Estimate, Range, estimate


@dataclass(frozen=True)
class Outcomes:
    """One value a seed. `examples` holds each seed's values on single examples, whose mean it is: (m,) in one order.

    It is empty unless the examples of every seed are known and are the same: an estimate over some of the seeds would
    be of another mean."""

    by_seed: Mapping[int, float]
    examples: Mapping[int, np.ndarray] = field(default_factory=dict)
    split: str | None = None  # that the examples are of

    def minus(self, other: Outcomes) -> Outcomes:
        """The differences over the seeds that both have."""
        seeds = [seed for seed in self.by_seed if seed in other.by_seed]
        differences = {seed: self.by_seed[seed] - other.by_seed[seed] for seed in seeds}
        if not seeds or not _comparable([self, other]):
            return Outcomes(differences)
        return Outcomes(differences, {seed: self.examples[seed] - other.examples[seed] for seed in seeds}, self.split)

    def estimate(self, confidence: float, possible: Range = ANY) -> Estimate | None:
        """The mean over seeds; beside it, where single examples are known, that over seeds and examples."""
        found = estimate(list(self.by_seed.values()), confidence, possible)
        if found is None or not self.examples:
            return found
        return replace(found, over_examples=crossed(list(self.examples.values()), confidence, possible))


def outcomes(runs: Iterable[tuple[int, float, ExampleOutcomes | None]]) -> Outcomes:
    """Of the seeds, values and examples of runs; of several runs at one seed the mean."""
    runs = tuple(runs)
    means = per_seed((seed, value) for seed, value, _ in runs)
    known = [(seed, examples) for seed, _, examples in runs if examples]
    kinds = {(examples.split, examples.count) for _, examples in known}
    if len(kinds) != 1 or len(known) < len(runs):
        return Outcomes(means)
    ((split, _),) = kinds
    return Outcomes(means, {seed: _mean([one.values for at, one in known if at == seed]) for seed in means}, split)


def possible_values(outcome: OutcomeEntry) -> Range:
    """Of an outcome: fractions are in [0, 1], and no text takes fewer than 0 bits; of other units nothing is known."""
    return SHARE if outcome.unit == "fraction" else POSITIVE if outcome.unit == "bits" else ANY


def possible_change(outcome: OutcomeEntry, of: int = 1) -> Range:
    """Of differences of values, or of differences of those, which are `of` 2."""
    return (-float(of), float(of)) if outcome.unit == "fraction" else ANY


def per_seed(values: Iterable[tuple[int, float]]) -> dict[int, float]:
    """The mean of each seed's values."""
    found: dict[int, list[float]] = {}
    for seed, value in values:
        found.setdefault(seed, []).append(value)
    return {seed: fmean(own) for seed, own in found.items()}


def mean_of(found: Sequence[Outcomes]) -> Outcomes:
    """The mean of several, for the seeds that all have."""
    seeds = sorted(set.intersection(*(set(one.by_seed) for one in found)))
    means = {seed: fmean(one.by_seed[seed] for one in found) for seed in seeds}
    if not seeds or not _comparable(found):
        return Outcomes(means)
    return Outcomes(means, {seed: _mean([one.examples[seed] for one in found]) for seed in seeds}, found[0].split)


def _comparable(found: Sequence[Outcomes]) -> bool:
    """Whether all know the same examples of one split."""
    kinds = {(one.split, row.size) for one in found for row in one.examples.values()}
    return all(one.examples for one in found) and len(kinds) == 1


def _mean(rows: Sequence[np.ndarray]) -> np.ndarray:
    return rows[0] if len(rows) == 1 else np.mean(rows, axis=0)
