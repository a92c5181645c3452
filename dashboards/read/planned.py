"""What a plan asks for and what came of it: trials, the runs that each gives, and the series that those belong to.

Most trials give one run; a ladder gives one for every rung, and one for every draw of a control at a rung. Here that
is unfolded, once for all who count, group or pair runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dashboards import schema
from dashboards.plan_file import OutcomeEntry, RunEntry, TrialEntry, judged_by
from dashboards.read.results import Results
from dashboards.read.series import ARM, RUN, Identity, Series, flattened, identity, series


@dataclass(frozen=True)
class RunOfPlan:
    """One network at one final sparsity."""

    name: str  # <key>/<label>, as in Results.runs
    label: str
    seed: int
    series: Series | None  # None: of a ladder's twin, whose runs stand beside the rungs and make no cells
    sparsity: float | None  # that it was to have; None: only measuring tells
    target: float | None  # the same, or that of its trial, which the run may not reach; None: there is none
    asked: float | None  # the trial's own sparsity or threshold; None: of no ladder's rungs
    round: int | None  # None: of no ladder
    twin: str | None  # the name of its twin's run
    state: Literal["finished", "diverged", "failed", "missing"]  # one that diverged counts at chance level if it can
    outcome: OutcomeEntry  # what it is judged by


@dataclass(frozen=True)
class PlannedTrial:
    """One trial and its runs, in the order in which it gives them."""

    key: str
    label: str  # of its first run's series, or of that whose twin it is
    entry: TrialEntry
    runs: tuple[RunOfPlan, ...]

    @property
    def dense(self) -> bool:
        """Whether it removes nothing, and is no ladder's twin."""
        return any(run.series is not None and run.series.dense for run in self.runs)


def planned(results: Results) -> tuple[PlannedTrial, ...]:
    """Every trial of the plan, in its order."""
    wanted = [(entry, _identities(entry)) for entry in results.plan.trials]
    known = series(one for entry, own in wanted if not _is_only_a_twin(entry) for one in own)
    twins = series(own[0] for entry, own in wanted if _is_only_a_twin(entry))
    there = dict(zip(results.runs["run"], results.runs["twin"], strict=True))
    found = []
    for entry, own in wanted:
        label = known[own[0]].label if own[0] in known else f"twin of {twins[own[0]].label}"
        runs = [_run(entry, run, known.get(one), there, results) for run, one in zip(entry.runs, own, strict=True)]
        found.append(PlannedTrial(entry.key, label, entry, tuple(runs)))
    return tuple(found)


def finished(results: Results) -> frozenset[str]:
    """The keys of the trials all of whose runs have finished."""
    there, trials = set(results.runs["run"]), results.plan.trials
    return frozenset(trial.key for trial in trials if all(_name(trial, run) in there for run in trial.runs))


def _run(trial: TrialEntry, run: RunEntry, own: Series | None, there: Mapping[str, Any], results: Results) -> RunOfPlan:
    """`there`: the finished runs and their twins, which a merged report may have renamed."""
    name, settings = _name(trial, run), flattened(trial.settings)
    twin = there.get(name, run.twin)
    sparsity = None if run.sparsity is None else round(run.sparsity, 12)  # equal levels of ladders are equal
    return RunOfPlan(
        name, run.label, settings[schema.SEED], own,
        sparsity=sparsity, target=settings.get(schema.SPARSITY) if sparsity is None else sparsity,
        asked=settings.get(schema.THRESHOLD, settings.get(schema.SPARSITY)), round=run.round,
        twin=twin if isinstance(twin, str) else None,
        state="finished" if name in there else _unfinished(trial, name in results.measured),
        outcome=judged_by(trial, results.plan.report),
    )  # fmt: skip


def _unfinished(trial: TrialEntry, measured: bool) -> Literal["diverged", "failed", "missing"]:
    """Of a ladder that diverged, the rungs before that were measured failed with it, but did not diverge."""
    if trial.state != "failed":
        return "missing"
    return "diverged" if trial.cause == schema.DIVERGED and not measured else "failed"


def _name(trial: TrialEntry, run: RunEntry) -> str:
    return f"{trial.key}/{run.label}"


def _is_ladder(trial: TrialEntry) -> bool:
    return any(run.round is not None for run in trial.runs)


def _is_only_a_twin(trial: TrialEntry) -> bool:
    """Whether it is a ladder that removes nothing."""
    return _is_ladder(trial) and all(run.sparsity == 0 for run in trial.runs)


def _identities(trial: TrialEntry) -> list[Identity]:
    """Of each run that of its series: the arm of a control tells it from the ladder's own, and where a trial that is no
    ladder has several runs, their labels tell them apart."""
    ladder = _is_ladder(trial)
    own = identity(flattened(trial.settings), ladder)
    return [own | _apart(run, ladder) for run in trial.runs]


def _apart(run: RunEntry, ladder: bool) -> Identity:
    """What tells a run's series from that of the trial's main run."""
    if ladder:
        return frozenset() if run.arm == schema.MAIN else frozenset({(ARM, run.arm)})
    return frozenset() if run.label == schema.FINAL else frozenset({(RUN, run.label)})
