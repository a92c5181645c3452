"""plan.json, as a sweep writes it and reports read it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dashboards import schema


class Entry(BaseModel):
    """A part of plan.json; what a later version has beyond it is let pass."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RunEntry(Entry):
    """One run that a trial gives: a network to be measured."""

    label: str
    sparsity: float | None  # that is asked for; None: only measuring tells
    round: int | None  # of a ladder, from 0
    arm: str | None  # of a ladder: main, or a control
    draw: int | None  # of a control
    twin: str | None  # key/label of the run that it is held against


class OutcomeEntry(Entry):
    """What a trial's networks are judged by."""

    metric: str  # `final/<split>_<metric>` at the last step; `<split>/<metric>` at looks, where it is looked at
    title: str  # in a sentence, e.g. test accuracy
    unit: str  # fraction: shown in percent, differences in percentage points; else the unit's name, e.g. bits
    direction: Literal["up", "down"]  # which way is better
    margin: float  # how much worse than the twin still counts as harmless, in the metric's own unit
    chance: float | None = None  # what guessing comes to, at which diverged runs count; None: they count as failed
    loss: str = "nats per example"  # what the training loss is measured in

    @property
    def more_is_better(self) -> bool:
        """Whether it is: accuracies; not of errors and of bits."""
        return self.direction == "up"

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """What must be equal for values to be held against each other: all but margin, chance and loss."""
        return self.metric, self.title, self.unit, self.direction

    def gain(self, difference: float) -> float:
        """How much better that is: a difference with its sign turned where less is better."""
        return difference if self.more_is_better else -difference


ACCURACY = OutcomeEntry(metric="accuracy", title="test accuracy", unit="fraction", direction="up", margin=0.01)
BITS = OutcomeEntry(
    metric="bits_per_character", title="bits per character", unit="bits", direction="down", margin=0.02,
    loss="nats per token",
)  # fmt: skip


class TrialEntry(Entry):
    """One trial."""

    key: str
    settings: dict[str, Any]  # all that its figures depend on, but for code and machine
    twin: str | None  # the key of its twin; None where it is its own, or the sweep has no baseline
    chance: float | None  # of its outcome
    outcome: OutcomeEntry | None = None  # None in plans of older versions: see judged_by
    state: str  # planned, running, completed, failed, cancelled, lost
    error: str | None  # of a failed one, in a line
    cause: str | None  # the error's class
    log: str | None  # where what it printed lies
    runs: tuple[RunEntry, ...]
    steps: int  # optimizer steps
    training_flops: int  # floating-point operations, those with removed weights left out
    estimated_seconds: float  # of one core; rough
    numerics: dict[str, Any] | None = None  # that it had; None before it has ended, and in plans of older versions
    sweep: str | None = Field(default=None, exclude=True)  # where several sweeps are one: which speaks for it


class MarginEntry(Entry):
    """How much worse than the twin still counts as harmless."""

    accuracy: float
    bits_per_character: float


class ReportEntry(Entry):
    """How the report judges."""

    margin: MarginEntry
    confidence: float  # of every interval, in (0, 1)


class SharingEntry(Entry):
    """What networks that several trials pass save."""

    trials: int  # that pass one
    networks: int
    steps: int  # optimizer steps that are taken
    steps_alone: int  # that would be taken if every trial trained all by itself
    estimated_seconds: float  # of one core; rough
    estimated_seconds_alone: float


class ReferenceEntry(Entry):
    """A published work that a setting comes from."""

    name: str  # of the setting: a method, a criterion, an optimizer, a schedule, a workload
    key: str  # of the BibTeX entry
    short: str  # authors and year, as a sentence has them
    bibtex: str


class DataEntry(Entry):
    """The size of a data set, as it is declared."""

    identity: str  # name@version
    train: int | None = None  # examples, validation included
    test: int | None = None  # examples
    characters: int | None = None  # of a text


class PlanFile(Entry):
    """The whole file."""

    version: int = Field(default=schema.PLAN_SCHEMA, alias="schema")
    sweep: str
    question: str | None
    report: ReportEntry
    baseline: Literal["twin", "none"]
    spec_sha256: str
    merged: int  # trials that the spec asks for more than once, the first time not counted
    provenance: dict[str, Any]
    trials: tuple[TrialEntry, ...]
    sharing: SharingEntry | None = None
    notes: str | None = None  # the author's own words, in one or more paragraphs
    references: tuple[ReferenceEntry, ...] = ()
    data: tuple[DataEntry, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What stands in the file."""
        return self.model_dump(mode="json", by_alias=True, exclude={} if self.sharing else {"sharing"})


def judged_by(trial: TrialEntry, report: ReportEntry) -> OutcomeEntry:
    """What a trial is judged by; before plans said so, accuracy wherever there is a chance level, else bits."""
    if trial.outcome is not None:
        return trial.outcome
    if trial.chance is None:
        return BITS.model_copy(update={"margin": report.margin.bits_per_character})
    return ACCURACY.model_copy(update={"margin": report.margin.accuracy, "chance": trial.chance})
