"""Plans a sweep's trials: twins, keys, order, cost; merges duplicates. Pure: no clock, no files, no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from dashboards.plan_file import OutcomeEntry, PlanFile, ReportEntry, RunEntry, TrialEntry
from orchestrator.plan import works
from orchestrator.plan.sharing import Cuts, cuts
from orchestrator.spec.header import Report
from orchestrator.spec.reading import SweepSpec
from workloads.cost.estimate import Cost, cost
from workloads.script.phases import Arm, Measure
from workloads.tasks.outcome import Outcome
from workloads.trial import Trial


@dataclass(frozen=True)
class PlannedRun:
    """One run of a trial: a network that is measured."""

    label: str
    sparsity: float | None  # as the spec asks for; None: a threshold decides
    round: int | None  # ladders only
    arm: Arm | None  # ladders only
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

    @property
    def outcome(self) -> Outcome:
        """What its networks are judged by."""
        return self.trial.workload.outcome

    def name(self, run: PlannedRun) -> str:
        """A short name of one of its runs; in a ladder it begins with the rung."""
        return self.trial.name if run.round is None else f"{run.label} {self.trial.name}"

    def entry(self, report: Report) -> TrialEntry:
        """Its entry in plan.json before it runs."""
        outcome = self.outcome
        margin = getattr(report.margin, outcome.metric, outcome.margin)
        return TrialEntry(
            key=self.key, settings=self.trial.settings(), twin=self.twin, chance=outcome.chance,
            outcome=OutcomeEntry(**outcome.model_dump() | {"margin": margin}),
            state="planned", error=None, cause=None, log=None, steps=self.steps, training_flops=self.training_flops,
            runs=tuple(RunEntry(**asdict(run)) for run in self.runs), estimated_seconds=self.estimated_seconds,
        )  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """All trials of a sweep: seed by seed, twins first. Readiness decides in which order they start."""

    name: str
    question: str | None
    notes: str | None
    report: Report
    baseline: Literal["twin", "none"]
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
        )  # fmt: skip

    @property
    def _settings(self) -> tuple[Trial, ...]:
        """One trial for each workload and method: trials that differ in their seeds share both objects."""
        return tuple({(id(one.trial.workload), id(one.trial.method)): one.trial for one in self.trials}.values())


@dataclass(frozen=True)
class _Row:
    """One trial, for all its seeds."""

    trial: Trial  # with the sweep's first seed
    identity: str  # its key with that seed
    twin: str | None  # the identity of its twin
    cost: Cost
    measures: tuple[Measure, ...]  # the ends of its runs

    def planned(self, seed: int, twin: Planned | None, cuts: Cuts) -> Planned:
        """The trial with `seed`. It shares its network at `cuts`."""
        trial = self.trial.model_copy(update={"seed": seed})
        key, costs = trial.key, self.cost
        runs = tuple(
            PlannedRun(end.label, end.sparsity, end.round, end.arm, end.draw, _counterpart(end, key, twin))
            for end in self.measures
        )
        return Planned(
            trial, key, twin.key if twin else None, runs, cuts, costs.steps, costs.training_flops,
            costs.estimated_seconds,
        )  # fmt: skip


def plan(spec: SweepSpec) -> Plan:
    """The plan of a sweep. The same spec gives the same plan."""
    rows: dict[str, _Row] = {}
    point_rows = [_add(point.trial.canonical(), point.cost, rows, spec.baseline == "twin") for point in spec.points]
    shared = cuts({identity: row.trial for identity, row in rows.items()})
    trials: list[Planned] = []
    merged = 0
    for seed in spec.seeds:
        identities: set[str] = set()  # of the points so far
        by_identity: dict[str | None, Planned | None] = {None: None}
        for row, point in zip(point_rows, spec.points, strict=True):
            if seed not in point.seeds:
                continue
            for identity in (row.twin, row.identity):
                if identity is not None and identity not in by_identity:
                    trials.append(rows[identity].planned(seed, by_identity[rows[identity].twin], shared[identity]))
                    by_identity[identity] = trials[-1]
            merged += row.identity in identities
            identities.add(row.identity)
    return Plan(
        name=spec.name, question=spec.question, notes=spec.notes, report=spec.report,
        baseline=spec.baseline, spec_sha256=spec.sha256, merged=merged, excluded=spec.excluded, warnings=spec.warnings,
        trials=tuple(trials),
    )  # fmt: skip


def _add(trial: Trial, costs: Cost | None, rows: dict[str, _Row], with_twin: bool) -> _Row:
    """The row of a canonical trial. Adds it and its twin's row to `rows`."""
    identity = trial.key
    if identity not in rows:
        twin = _add(trial.twin(), None, rows, with_twin=False).identity if with_twin else None
        measures = tuple(phase for phase in trial.phases if isinstance(phase, Measure))
        rows[identity] = _Row(trial, identity, None if twin == identity else twin, costs or cost(trial), measures)
    return rows[identity]


def _counterpart(run: Measure, key: str, twin: Planned | None) -> str | None:
    """The run to compare `run` with: for a control, the main run of its round; else the twin's.

    The twin's run has the same label, or is its last one."""
    if run.arm not in (None, "main"):
        return f"{key}/r{run.round:02d}"
    if twin is None:
        return None
    labels = [twin_run.label for twin_run in twin.runs]
    return f"{twin.key}/{run.label if run.label in labels else labels[-1]}"
