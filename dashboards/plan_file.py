"""The file plan.json: a sweep writes it, reports read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from dashboards import schema


class Entry(BaseModel):
    """A part of plan.json. Unknown keys of later versions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RunEntry(Entry):
    """One run of a trial: one measured network."""

    label: str
    sparsity: float | None  # as planned; None: known only from measurement
    round: int | None  # ladders: from 0
    arm: str | None  # ladders and masks at initialisation: main, or a control
    draw: int | None  # controls: from 1
    twin: str | None  # key/label of the run that it is compared with


class OutcomeEntry(Entry):
    """The outcome that judges the networks of a trial."""

    metric: str  # `final/<split>_<metric>` at the last step; `<split>/<metric>` at evaluations, if recorded
    title: str  # in a sentence, e.g. test accuracy
    unit: str  # fraction: shown in percent, differences in percentage points; else a unit, e.g. bits
    direction: Literal["up", "down"]  # the direction that is better
    margin: float  # the largest loss to the twin that counts as harmless, in the metric's unit
    chance: float | None = None  # the value of guessing, at which diverged runs count; None: they count as failed
    loss: str = "nats per example"  # unit of the training loss

    @property
    def more_is_better(self) -> bool:
        """Whether larger values are better: true for accuracies, false for errors and bits."""
        return self.direction == "up"

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """The parts that comparable outcomes have in common: all but margin, chance and loss."""
        return self.metric, self.title, self.unit, self.direction

    def gain(self, difference: float) -> float:
        """A difference as an improvement: its sign changes where less is better."""
        return difference if self.more_is_better else -difference


ACCURACY = OutcomeEntry(metric="accuracy", title="test accuracy", unit="fraction", direction="up", margin=0.01)
BITS = OutcomeEntry(
    metric="bits_per_character", title="bits per character", unit="bits", direction="down", margin=0.02,
    loss="nats per token",
)  # fmt: skip


class TrialEntry(Entry):
    """One trial."""

    key: str
    settings: dict[str, Any]  # everything that decides its results, except code and machine
    twin: str | None  # key of its twin; None if it is its own twin, or the sweep has no baseline
    chance: float | None  # chance level of its outcome
    outcome: OutcomeEntry | None = None  # None in plans of older versions, see judged_by
    state: str  # planned, running, completed, failed, cancelled, lost
    error: str | None  # of a failed trial, in one line
    cause: str | None  # class of the error
    log: str | None  # path of its output
    runs: tuple[RunEntry, ...]
    steps: int  # optimizer steps
    training_flops: int  # floating-point operations, without those of removed weights
    estimated_seconds: float  # on one core; a rough estimate
    numerics: dict[str, Any] | None = None  # as run; None before the trial ends, and in plans of older versions
    sweep: str | None = Field(default=None, exclude=True)  # merged sweeps: the owner of the trial


class MarginEntry(Entry):
    """The largest loss to the twin that counts as harmless, by outcome."""

    accuracy: float
    bits_per_character: float


class ReportEntry(Entry):
    """How the report judges."""

    margin: MarginEntry
    confidence: float  # confidence of every interval, in (0, 1)
    tune: tuple[str, ...] | None = None  # dotted names of settings that validation chooses for each method


class SharingEntry(Entry):
    """Savings from stages of training that several trials share."""

    trials: int  # trials with a shared stage
    networks: int  # shared networks
    steps: int  # optimizer steps with sharing
    steps_alone: int  # optimizer steps without sharing
    estimated_seconds: float  # on one core; a rough estimate
    estimated_seconds_alone: float


class ReferenceEntry(Entry):
    """A published work: the source of a setting."""

    name: str  # the setting: a method, a criterion, an optimizer, a schedule, a workload
    key: str  # key of the BibTeX entry
    short: str  # authors and year in a sentence
    bibtex: str


class DataEntry(Entry):
    """The declared size of a data set."""

    identity: str  # name@version
    train: int | None = None  # examples, validation included
    test: int | None = None  # examples
    characters: int | None = None  # length of a text


class PlanFile(Entry):
    """The whole file."""

    version: int = Field(default=schema.PLAN_SCHEMA, alias="schema")
    sweep: str
    question: str | None
    report: ReportEntry
    baseline: Literal["twin", "none"]
    spec_sha256: str
    merged: int  # duplicate trials of the spec, the first of each not counted
    provenance: dict[str, Any]
    trials: tuple[TrialEntry, ...]
    sharing: SharingEntry | None = None
    notes: str | None = None  # notes by the author, in one or more paragraphs
    references: tuple[ReferenceEntry, ...] = ()
    data: tuple[DataEntry, ...] = ()
    budget: dict[Literal["epochs", "steps"], int] | None = None  # the length of every trial's whole path, in one unit

    def at_equal_length(self) -> Self:
        """The plan in which trainings under a budget have the budget's length.

        Methods share out a budget in different ways, and are compared on one network all the same."""
        if self.budget is None:
            return self
        return self.model_copy(update={"trials": tuple(_trained(trial, self.budget) for trial in self.trials)})

    def as_json(self) -> dict[str, Any]:
        """The content of the file."""
        absent = {
            "sharing": self.sharing is None,
            "budget": self.budget is None,
            "report": {"tune": True} if self.report.tune is None else False,
        }
        return self.model_dump(mode="json", by_alias=True, exclude={name: out for name, out in absent.items() if out})


def _trained(trial: TrialEntry, length: Mapping[Literal["epochs", "steps"], int]) -> TrialEntry:
    workload = trial.settings["workload"]
    training = {name: value for name, value in workload["training"].items() if name not in ("epochs", "steps")}
    return trial.model_copy(
        update={"settings": trial.settings | {"workload": workload | {"training": {**training, **length}}}}
    )


def judged_by(trial: TrialEntry, report: ReportEntry) -> OutcomeEntry:
    """The outcome of a trial. Plans of older versions have none: accuracy with a chance level, else bits."""
    if trial.outcome is not None:
        return trial.outcome
    if trial.chance is None:
        return BITS.model_copy(update={"margin": report.margin.bits_per_character})
    return ACCURACY.model_copy(update={"margin": report.margin.accuracy, "chance": trial.chance})
