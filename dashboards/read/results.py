"""All that a report is made of: one sweep, or several as one."""

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
    """One sweep as the store holds it, or several as one (see merged).

    Only finished runs of planned trials are in `runs`, `curves` and `provenance`. Of several sweeps there may be runs
    without a `trial_key` too: they are twins of others and stand for no trial.
    """

    sweep: str
    plan: PlanFile
    spec: str  # spec.yaml
    runs: pd.DataFrame  # one row per run: run_id, end_time [ms], tags, params by dotted name, last value of each metric
    curves: pd.DataFrame  # run, metric, step, value: of CURVES, and LAYER_CURVES where they are told
    provenance: dict[str, dict[str, Any]]  # by run: provenance.json, flattened
    outside: int = 0  # finished runs whose trials the plan no longer holds
    measured: frozenset[str] = frozenset()  # runs that were, before their trial failed: the first rungs of a ladder
    masks: Mapping[str, Masks] = field(default_factory=dict)  # by run, where it has any; of ladders the main arm's
    samples: Mapping[str, str] = field(default_factory=dict)  # by run of a language model, what it writes
    examples: Mapping[str, ExampleOutcomes] = field(default_factory=dict)  # by run, where it kept what it did with each
    parts: tuple[Results, ...] = ()  # the sweeps, where these are the results of several
    derived: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # see cells: made once

    @property
    def outcomes(self) -> tuple[OutcomeEntry, ...]:
        """See outcomes_of."""
        if "outcomes" not in self.derived:
            self.derived["outcomes"] = outcomes_of(self.plan)
        return self.derived["outcomes"]

    @property
    def outcome(self) -> OutcomeEntry:
        """The first of them, and the only one but where a sweep mixes tasks: see tasks."""
        return self.outcomes[0]

    @property
    def margin(self) -> float:
        """How much worse than the twin is let pass, in the unit of the outcome."""
        return self.outcome.margin

    @property
    def confidence(self) -> float:
        """Of every interval, in (0, 1)."""
        return self.plan.report.confidence


def outcomes_of(plan: PlanFile) -> tuple[OutcomeEntry, ...]:
    """What the trials of a plan are judged by, each once with the least margin, in the plan's order."""
    found: dict[tuple[str, ...], list[OutcomeEntry]] = {}
    for trial in plan.trials:
        outcome = judged_by(trial, plan.report)
        found.setdefault(outcome.kind, []).append(outcome)
    least = [own[0].model_copy(update={"margin": min(one.margin for one in own)}) for own in found.values()]
    return tuple(least) or (ACCURACY.model_copy(update={"margin": plan.report.margin.accuracy}),)
