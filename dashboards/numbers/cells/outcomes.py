"""Outcomes of networks by seed, and by example where recorded: differences and their estimates."""

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
    """One value per seed. `examples` has the values (m,) of each seed on single examples, with this mean.

    `examples` is empty unless every seed has values on the same examples: with some seeds the mean would differ.
    """

    by_seed: Mapping[int, float]
    examples: Mapping[int, np.ndarray] = field(default_factory=dict)
    split: str | None = None  # of the examples

    def minus(self, other: Outcomes) -> Outcomes:
        """The differences for the seeds that both have."""
        seeds = [seed for seed in self.by_seed if seed in other.by_seed]
        differences = {seed: self.by_seed[seed] - other.by_seed[seed] for seed in seeds}
        if not seeds or not _comparable([self, other]):
            return Outcomes(differences)
        return Outcomes(differences, {seed: self.examples[seed] - other.examples[seed] for seed in seeds}, self.split)

    def estimate(self, confidence: float, possible: Range = ANY) -> Estimate | None:
        """The mean over seeds; with single examples also the mean over seeds and examples."""
        over_seeds = estimate(list(self.by_seed.values()), confidence, possible)
        if over_seeds is None or not self.examples:
            return over_seeds
        return replace(over_seeds, over_examples=crossed(list(self.examples.values()), confidence, possible))


def outcomes(runs: Iterable[tuple[int, float, ExampleOutcomes | None]]) -> Outcomes:
    """The outcomes of runs, given as seed, value and examples. Several runs at one seed give their mean."""
    runs = tuple(runs)
    means = per_seed((seed, value) for seed, value, _ in runs)
    known = [(seed, examples) for seed, _, examples in runs if examples]
    kinds = {(examples.split, examples.count) for _, examples in known}
    if len(kinds) != 1 or len(known) < len(runs):
        return Outcomes(means)
    ((split, _),) = kinds
    return Outcomes(
        means, {seed: _mean([outcome.values for other, outcome in known if other == seed]) for seed in means}, split
    )


def possible_values(outcome: OutcomeEntry) -> Range:
    """The possible values of an outcome: fractions in [0, 1], bits from 0, other units unbounded."""
    return SHARE if outcome.unit == "fraction" else POSITIVE if outcome.unit == "bits" else ANY


def possible_change(outcome: OutcomeEntry, of: int = 1) -> Range:
    """The possible differences of values (`of` 1), or of such differences (`of` 2)."""
    return (-float(of), float(of)) if outcome.unit == "fraction" else ANY


def per_seed(values: Iterable[tuple[int, float]]) -> dict[int, float]:
    """The mean of each seed's values."""
    groups: dict[int, list[float]] = {}
    for seed, value in values:
        groups.setdefault(seed, []).append(value)
    return {seed: fmean(group) for seed, group in groups.items()}


def mean_of(parts: Sequence[Outcomes]) -> Outcomes:
    """The mean of several outcomes, for the seeds that all have."""
    seeds = sorted(set.intersection(*(set(part.by_seed) for part in parts)))
    means = {seed: fmean(part.by_seed[seed] for part in parts) for seed in seeds}
    if not seeds or not _comparable(parts):
        return Outcomes(means)
    return Outcomes(means, {seed: _mean([part.examples[seed] for part in parts]) for seed in seeds}, parts[0].split)


def _comparable(parts: Sequence[Outcomes]) -> bool:
    """Whether all have values on the same examples of one split."""
    kinds = {(part.split, row.size) for part in parts for row in part.examples.values()}
    return all(part.examples for part in parts) and len(kinds) == 1


def _mean(rows: Sequence[np.ndarray]) -> np.ndarray:
    return rows[0] if len(rows) == 1 else np.mean(rows, axis=0)
