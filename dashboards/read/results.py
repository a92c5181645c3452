"""The data of a report: one sweep, or several merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dashboards.plan_file import ACCURACY, OutcomeEntry, PlanFile, judged_by
from dashboards.read.examples import ExampleOutcomes
from dashboards.read.masks import Masks


@dataclass(frozen=True)
class Results:
    """One sweep from the store, or several merged (see merged).

    `runs`, `curves` and `provenance` hold only finished runs of planned trials. Merged sweeps may also have runs
    without a `trial_key`: twins of other runs, which stand for no trial.
    """

    sweep: str
    plan: PlanFile
    spec: str  # spec.yaml
    runs: pd.DataFrame  # one row per run: run_id, end_time [ms], tags, params by dotted name, last value of each metric
    curves: pd.DataFrame  # run, metric, step, value; metrics of CURVES, and of LAYER_CURVES where they are read
    provenance: dict[str, dict[str, Any]]  # by run: provenance.json, flattened
    outside: int = 0  # finished runs of trials that the plan no longer has
    measured: frozenset[str] = frozenset()  # runs measured before their trial failed: the first rungs of a ladder
    masks: Mapping[str, Masks] = field(default_factory=dict)  # by run with masks; in ladders only the main arm
    samples: Mapping[str, str] = field(default_factory=dict)  # by run of a language model: generated text
    examples: Mapping[str, ExampleOutcomes] = field(default_factory=dict)  # by run with recorded examples
    parts: tuple[Results, ...] = ()  # the sweeps of merged results
    derived: dict[str, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )  # computed once, see cells

    @property
    def outcomes(self) -> tuple[OutcomeEntry, ...]:
        """The outcomes of the plan, see outcomes_of."""
        if "outcomes" not in self.derived:
            self.derived["outcomes"] = outcomes_of(self.plan)
        return self.derived["outcomes"]

    @property
    def outcome(self) -> OutcomeEntry:
        """The first outcome. It is the only one unless the sweep mixes tasks, see tasks."""
        return self.outcomes[0]

    @property
    def margin(self) -> float:
        """The largest loss to the twin that counts as harmless, in the unit of the outcome."""
        return self.outcome.margin

    @property
    def confidence(self) -> float:
        """The confidence of every interval, in (0, 1)."""
        return self.plan.report.confidence


def outcomes_of(plan: PlanFile) -> tuple[OutcomeEntry, ...]:
    """The distinct outcomes of a plan in its order, each with its least margin."""
    by_kind: dict[tuple[str, ...], list[OutcomeEntry]] = {}
    for trial in plan.trials:
        outcome = judged_by(trial, plan.report)
        by_kind.setdefault(outcome.kind, []).append(outcome)
    outcomes = [
        entries[0].model_copy(update={"margin": min(entry.margin for entry in entries)}) for entries in by_kind.values()
    ]
    return tuple(outcomes) or (ACCURACY.model_copy(update={"margin": plan.report.margin.accuracy}),)
