"""Series and trials that several sweeps share, and trials with different networks in different sweeps."""

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
        """Trials that have neither finished nor failed."""
        return self.planned - self.finished - self.failed


@dataclass(frozen=True)
class Row:
    """One series and its trials in each sweep. The trials of a ladder count for its main arm."""

    label: str
    tallies: tuple[Tally, ...]  # in the order of the sweeps
    shared: int  # trials that more than one sweep plans
    unlike: int  # trials with finished but different networks in several sweeps
    outcome: OutcomeEntry
    gap: float | None  # largest difference of the outcome between such networks, on the test split

    @property
    def common(self) -> bool:
        """Whether more than one sweep plans the series."""
        return sum(tally.planned > 0 for tally in self.tallies) > 1


def rows(results: Results) -> tuple[Row, ...]:
    """All series of merged results."""
    keys: dict[str, list[str]] = {}
    outcome_of: dict[str, OutcomeEntry] = {}
    for trial in sorted(planned(results), key=lambda trial: not trial.dense):
        keys.setdefault(trial.label, []).append(trial.key)
        outcome_of[trial.label] = trial.runs[0].outcome
    return tuple(_row(label, group, outcome_of[label], results.parts) for label, group in keys.items())


def tally(part: Results, keys: Sequence[str] | None = None) -> Tally:
    """The numbers of planned, finished and failed trials of a sweep, among `keys` or all."""
    done = finished(part)
    chosen = None if keys is None else set(keys)
    trials = [trial for trial in part.plan.trials if chosen is None or trial.key in chosen]
    failed = sum(trial.state == "failed" and trial.key not in done for trial in trials)
    return Tally(len(trials), sum(trial.key in done for trial in trials), failed)


def _row(label: str, keys: list[str], outcome: OutcomeEntry, parts: Sequence[Results]) -> Row:
    planned = [{trial.key for trial in part.plan.trials} for part in parts]
    shared = {key for key in keys if sum(key in trials for trials in planned) > 1}
    runs = [run for part in parts for run in part.runs.to_dict("records") if run["trial_key"] in shared]
    networks: dict[str, set[str]] = {}
    for run in runs:
        networks.setdefault(run["run"], set()).add(run["network"])
    unlike = [run for run in runs if len(networks[run["run"]]) > 1]
    ends: dict[str, list[float]] = {}
    metric = LAST.format(split="test", metric=outcome.metric)
    for run in unlike:
        ends.setdefault(run["run"], []).append(run.get(metric, nan))
    gaps = [gap for values in ends.values() if isfinite(gap := max(values) - min(values))]
    trials = {run["trial_key"] for run in unlike}
    tallies = tuple(tally(part, keys) for part in parts)
    return Row(label, tallies, len(shared), len(trials), outcome, max(gaps, default=None))


def adopted(results: Results) -> int:
    """Number of merged runs with a twin from another sweep, since their sweep lacks it."""
    names = {part.sweep: set(part.runs["run"]) for part in results.parts}
    sweep = dict(zip(results.runs["run"], results.runs["sweep"], strict=True))
    return sum(
        twin in sweep and sweep[twin] != home and twin not in names[home]
        for twin, home, key in zip(results.runs["twin"], results.runs["sweep"], results.runs["trial_key"], strict=True)
        if isinstance(key, str)
    )
