"""Planned trials with their runs, the series of each run, and the state of each run.

Most trials give one run. A ladder gives one for each rung, and one for each draw of a control at a rung. All sections
count, group and pair the runs listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dashboards import schema
from dashboards.plan_file import OutcomeEntry, RunEntry, TrialEntry, judged_by
from dashboards.read.appearance import ARM
from dashboards.read.results import Results
from dashboards.read.series import AMOUNT, RUN, Identity, Series, flattened, identity, series


@dataclass(frozen=True)
class RunOfPlan:
    """One network at one final sparsity."""

    name: str  # <key>/<label>, as in Results.runs
    label: str
    seed: int
    series: Series | None  # None: runs of a ladder's twin, which form no cells
    sparsity: float | None  # as planned; None: known only from measurement
    target: float | None  # the same, or the trial's, which the run may miss; None: no target
    asked: float | None  # the trial's threshold, ratio or sparsity
    round: int | None  # of a ladder; None: no ladder
    twin: str | None  # name of the twin's run
    state: Literal["finished", "diverged", "failed", "missing"]  # diverged: counts at chance level, if known
    outcome: OutcomeEntry  # the outcome that judges it


@dataclass(frozen=True)
class PlannedTrial:
    """One trial and its runs, in the order of the plan."""

    key: str
    label: str  # of its first run's series; for a ladder's twin, of the ladder's
    entry: TrialEntry
    runs: tuple[RunOfPlan, ...]

    @property
    def dense(self) -> bool:
        """Whether it removes no weights and is not the twin of a ladder."""
        return any(run.series is not None and run.series.dense for run in self.runs)


def planned(results: Results) -> tuple[PlannedTrial, ...]:
    """All trials of the plan, in its order."""
    entries = [(entry, _identities(entry)) for entry in results.plan.trials]
    known = series(key for entry, keys in entries if not _is_only_a_twin(entry) for key in keys)
    of_twins = series(keys[0] for entry, keys in entries if _is_only_a_twin(entry))
    twins = dict(zip(results.runs["run"], results.runs["twin"], strict=True))
    trials = []
    for entry, keys in entries:
        label = known[keys[0]].label if keys[0] in known else f"twin of {of_twins[keys[0]].label}"
        runs = [_run(entry, run, known.get(key), twins, results) for run, key in zip(entry.runs, keys, strict=True)]
        trials.append(PlannedTrial(entry.key, label, entry, tuple(runs)))
    return tuple(trials)


def finished(results: Results) -> frozenset[str]:
    """The keys of trials with only finished runs."""
    names, trials = set(results.runs["run"]), results.plan.trials
    return frozenset(trial.key for trial in trials if all(_name(trial, run) in names for run in trial.runs))


def _run(
    trial: TrialEntry, run: RunEntry, line: Series | None, twins: Mapping[str, Any], results: Results
) -> RunOfPlan:
    """`twins`: the twin of each finished run; merging may have renamed it."""
    name, settings = _name(trial, run), flattened(trial.settings)
    twin = twins.get(name, run.twin)
    sparsity = None if run.sparsity is None else round(run.sparsity, 12)  # equal levels of ladders are equal
    return RunOfPlan(
        name, run.label, settings[schema.SEED], line,
        sparsity=sparsity, target=settings.get(schema.SPARSITY) if sparsity is None else sparsity,
        asked=next((settings[name] for name in AMOUNT if name in settings), None), round=run.round,
        twin=twin if isinstance(twin, str) else None,
        state="finished" if name in twins else _unfinished(trial, name in results.measured),
        outcome=judged_by(trial, results.plan.report),
    )  # fmt: skip


def _unfinished(trial: TrialEntry, measured: bool) -> Literal["diverged", "failed", "missing"]:
    """The state of an unfinished run. Rungs measured before their ladder diverged count as failed, not as diverged."""
    if trial.state != "failed":
        return "missing"
    return "diverged" if trial.cause == schema.DIVERGED and not measured else "failed"


def _name(trial: TrialEntry, run: RunEntry) -> str:
    return f"{trial.key}/{run.label}"


def _is_ladder(trial: TrialEntry) -> bool:
    return any(run.round is not None for run in trial.runs)


def _is_only_a_twin(trial: TrialEntry) -> bool:
    """Whether the trial is a ladder that removes nothing."""
    return _is_ladder(trial) and all(run.sparsity == 0 for run in trial.runs)


def _identities(trial: TrialEntry) -> list[Identity]:
    """The identity of each run's series.

    The arm separates controls from the main runs. In trials with several runs and without arms, the label does.
    """
    ladder = _is_ladder(trial)
    main = identity(flattened(trial.settings), ladder)
    return [main | _distinction(run, ladder) for run in trial.runs]


def _distinction(run: RunEntry, ladder: bool) -> Identity:
    """The settings that separate a run's series from the series of the trial's main run."""
    if ladder or run.arm is not None:
        return frozenset() if run.arm == schema.MAIN else frozenset({(ARM, run.arm)})
    return frozenset() if run.label == schema.FINAL else frozenset({(RUN, run.label)})
