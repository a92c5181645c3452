"""Plans a sweep's trials: twins, keys, order, cost; merges duplicates. Pure: no clock, no files, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from dashboards.plan_file import OutcomeEntry, PlanFile, ReportEntry, RunEntry, TrialEntry
from dashboards.schema import FINAL
from orchestrator.plan import works
from orchestrator.plan.sharing import Cuts, cuts
from orchestrator.spec.budget import Budget
from orchestrator.spec.header import Report
from orchestrator.spec.reading import SweepSpec
from workloads.cost.estimate import Cost, cost
from workloads.script.phases import Arm, Measure
from workloads.settings import canonical_json, digest_of_parts
from workloads.tasks.outcome import Outcome
from workloads.trial import KEY_DIGITS, Trial


@dataclass(frozen=True, eq=False)
class Configuration:
    """What trials that differ in their seeds alone have in common. There is one object for all of them."""

    trial: Trial  # with the sweep's first seed
    identity: str  # its key with that seed
    twin: str | None  # the identity of its twin
    cost: Cost
    measures: tuple[Measure, ...]  # the ends of its runs

    @cached_property
    def label(self) -> str:
        """The label of its trials."""
        return self.trial.label

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The settings of `trial`, as plan.json has them."""
        return self.trial.settings()

    @cached_property
    def _parts(self) -> dict[str, str]:
        return {name: canonical_json(value) for name, value in self.settings.items()}

    def key(self, seed: int) -> str:
        """The key of the trial with `seed`."""
        if seed == self.trial.seed:
            return self.identity
        return digest_of_parts(self._parts | {"seed": str(seed)}, KEY_DIGITS)

    def planned(self, seed: int, twin: Planned | None, cuts: Cuts) -> Planned:
        """The trial with `seed`. It shares its network at `cuts`."""
        key, costs = self.key(seed), self.cost
        runs = tuple(
            PlannedRun(end.label, end.sparsity, end.round, end.arm, end.draw, _counterpart(end, key, twin))
            for end in self.measures
        )
        return Planned(
            self.trial.model_copy(update={"seed": seed}), key, twin.key if twin else None, runs, cuts, costs.steps,
            costs.training_flops, costs.estimated_seconds, self,
        )  # fmt: skip


@dataclass(frozen=True)
class PlannedRun:
    """One run of a trial: a network that is measured."""

    label: str
    sparsity: float | None  # as the spec asks for; None: a threshold decides
    round: int | None  # ladders only
    arm: Arm | None  # where there are controls, and in ladders
    draw: int | None  # controls only
    twin: str | None  # key/label of the run to compare with, if any


@dataclass(frozen=True)
class Planned:
    """One trial, and what is known before it runs."""

    trial: Trial
    key: str
    twin: str | None  # key of its twin; None if it is its own twin, or the sweep has no baseline
    runs: tuple[PlannedRun, ...]
    cuts: Cuts  # where other trials have the same network
    steps: int  # optimizer steps
    training_flops: int  # see cost
    estimated_seconds: float  # rough, see cost
    configuration: Configuration = field(compare=False, repr=False)

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that its figures depend on, see Trial."""
        return {**self.configuration.settings, "seed": self.trial.seed}

    @property
    def outcome(self) -> Outcome:
        """What its networks are judged by."""
        return self.trial.workload.outcome

    def name(self, run: PlannedRun) -> str:
        """A short name of one of its runs; beside `final` it begins with the run's label, such as a ladder's rung."""
        return self.trial.name if run.label == FINAL else f"{run.label} {self.trial.name}"

    def entry(self, report: Report) -> TrialEntry:
        """Its entry in plan.json before it runs."""
        outcome = self.outcome
        margin = getattr(report.margin, outcome.metric, outcome.margin)
        return TrialEntry(
            key=self.key, settings=self.settings, twin=self.twin, chance=outcome.chance,
            outcome=OutcomeEntry(**outcome.model_dump() | {"margin": margin}),
            state="planned", error=None, cause=None, log=None, steps=self.steps, training_flops=self.training_flops,
            runs=tuple(RunEntry(**vars(run)) for run in self.runs), estimated_seconds=self.estimated_seconds,
        )  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """All trials of a sweep: seed by seed, twins first. Readiness decides in which order they start."""

    name: str
    question: str | None
    notes: str | None
    report: Report
    baseline: Literal["twin", "none"]
    budget: Budget | None  # of every trial's whole path
    spec_sha256: str
    merged: int  # duplicates: a trial that the spec lists three times counts twice
    excluded: int  # trials that `exclude` dropped
    warnings: tuple[str, ...]
    trials: tuple[Planned, ...]

    def file(self) -> PlanFile:
        """plan.json before any trial runs."""
        return PlanFile(
            sweep=self.name, question=self.question, report=ReportEntry(**self.report.model_dump(mode="json")),
            baseline=self.baseline, spec_sha256=self.spec_sha256, merged=self.merged, provenance={},
            trials=tuple(planned.entry(self.report) for planned in self.trials), notes=self.notes,
            references=works.references(self._settings), data=works.data(self._settings),
            budget=self.budget.model_dump(exclude_none=True) if self.budget else None,
        )  # fmt: skip

    @property
    def _settings(self) -> tuple[Trial, ...]:
        """One trial for each configuration."""
        return tuple(configuration.trial for configuration in dict.fromkeys(one.configuration for one in self.trials))


def plan(spec: SweepSpec) -> Plan:
    """The plan of a sweep. The same spec gives the same plan."""
    known: dict[str, Configuration] = {}
    points = [
        (_add(point.trial.canonical(), point.cost, known, spec.baseline == "twin"), frozenset(point.seeds))
        for point in spec.points
    ]
    shared = cuts({identity: configuration.trial for identity, configuration in known.items()})
    trials: list[Planned] = []
    merged = 0
    for seed in spec.seeds:
        identities: set[str] = set()  # of the points so far
        by_identity: dict[str | None, Planned | None] = {None: None}
        for configuration, seeds in points:
            if seed not in seeds:
                continue
            for identity in (configuration.twin, configuration.identity):
                if identity is not None and identity not in by_identity:
                    twin = by_identity[known[identity].twin]
                    trials.append(known[identity].planned(seed, twin, shared[identity]))
                    by_identity[identity] = trials[-1]
            merged += configuration.identity in identities
            identities.add(configuration.identity)
    return Plan(
        name=spec.name, question=spec.question, notes=spec.notes, report=spec.report,
        baseline=spec.baseline, budget=spec.budget, spec_sha256=spec.sha256, merged=merged, excluded=spec.excluded,
        warnings=spec.warnings, trials=tuple(trials),
    )  # fmt: skip


def _add(trial: Trial, costs: Cost | None, known: dict[str, Configuration], with_twin: bool) -> Configuration:
    """The configuration of a canonical trial. Adds it and its twin's to `known`."""
    identity = trial.key
    if identity not in known:
        twin = _add(trial.twin(), None, known, with_twin=False).identity if with_twin else None
        twin = None if twin == identity else twin
        measures = tuple(phase for phase in trial.phases if isinstance(phase, Measure))
        known[identity] = Configuration(trial, identity, twin, costs or cost(trial), measures)
    return known[identity]


def _counterpart(run: Measure, key: str, twin: Planned | None) -> str | None:
    """The run to compare `run` with: for a control, the main run of its round or trial; else the twin's.

    The twin's run has the same label, or is its last one."""
    if run.arm not in (None, "main"):
        return f"{key}/{FINAL if run.round is None else f'r{run.round:02d}'}"
    if twin is None:
        return None
    labels = [twin_run.label for twin_run in twin.runs]
    return f"{twin.key}/{run.label if run.label in labels else labels[-1]}"
