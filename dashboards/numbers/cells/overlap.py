"""Which series and trials several sweeps have in common, and where the same trial came out differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

from dashboards.numbers.cells.cells import LAST
from dashboards.plan_file import OutcomeEntry
from dashboards.read.planned import finished, planned
from dashboards.read.results import Results


@dataclass(frozen=True)
class Tally:
    """Trials of one sweep, or of one series in it."""

    planned: int
    finished: int
    failed: int

    @property
    def missing(self) -> int:
        """Neither finished nor failed."""
        return self.planned - self.finished - self.failed


@dataclass(frozen=True)
class Row:
    """One series and what each sweep has of it; the trials of a ladder count with its main arm."""

    label: str
    tallies: tuple[Tally, ...]  # in the order of the sweeps
    shared: int  # trials that more than one sweep plans
    unlike: int  # trials of which several sweeps have finished networks that are not the same
    outcome: OutcomeEntry
    gap: float | None  # the largest difference in it, on the test split, between such networks

    @property
    def common(self) -> bool:
        """Whether more than one sweep plans it."""
        return sum(tally.planned > 0 for tally in self.tallies) > 1


def rows(results: Results) -> tuple[Row, ...]:
    """Every series of merged results."""
    keys: dict[str, list[str]] = {}
    outcome_of: dict[str, OutcomeEntry] = {}
    for trial in sorted(planned(results), key=lambda one: not one.dense):
        keys.setdefault(trial.label, []).append(trial.key)
        outcome_of[trial.label] = trial.runs[0].outcome
    return tuple(_row(label, own, outcome_of[label], results.parts) for label, own in keys.items())


def tally(part: Results, keys: Sequence[str] | None = None) -> Tally:
    """Of the trials `keys`, or of all, those that this sweep plans and how they stand."""
    done = finished(part)
    wanted = None if keys is None else set(keys)
    trials = [trial for trial in part.plan.trials if wanted is None or trial.key in wanted]
    failed = sum(trial.state == "failed" and trial.key not in done for trial in trials)
    return Tally(len(trials), sum(trial.key in done for trial in trials), failed)


def _row(label: str, keys: list[str], outcome: OutcomeEntry, parts: Sequence[Results]) -> Row:
    planned = [{trial.key for trial in part.plan.trials} for part in parts]
    shared = {key for key in keys if sum(key in own for own in planned) > 1}
    runs = [run for part in parts for run in part.runs.to_dict("records") if run["trial_key"] in shared]
    networks: dict[str, set[str]] = {}
    for run in runs:
        networks.setdefault(run["run"], set()).add(run["network"])
    unlike = [run for run in runs if len(networks[run["run"]]) > 1]
    ends: dict[str, list[float]] = {}
    metric = LAST.format(split="test", metric=outcome.metric)
    for run in unlike:
        ends.setdefault(run["run"], []).append(run.get(metric, nan))
    gaps = [apart for values in ends.values() if isfinite(apart := max(values) - min(values))]
    trials = {run["trial_key"] for run in unlike}
    tallies, gap = tuple(tally(part, keys) for part in parts), max(gaps, default=None)
    return Row(label, tallies, len(shared), len(trials), outcome, gap)


def adopted(results: Results) -> int:
    """Runs of merged results that are paired with a twin which their own sweep has not."""
    own = {part.sweep: set(part.runs["run"]) for part in results.parts}
    sweep = dict(zip(results.runs["run"], results.runs["sweep"], strict=True))
    return sum(
        twin in sweep and sweep[twin] != mine and twin not in own[mine]
        for twin, mine, key in zip(results.runs["twin"], results.runs["sweep"], results.runs["trial_key"], strict=True)
        if isinstance(key, str)
    )
