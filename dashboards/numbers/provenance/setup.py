"""How a sweep was made, as its plan and its results tell: networks, training, methods, seeds, statistics, code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import schema
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cost.simulated import simulated
from dashboards.numbers.factors.networks import ways
from dashboards.plan_file import DataEntry, OutcomeEntry, ReferenceEntry, TrialEntry
from dashboards.read.facts import fact_text, facts
from dashboards.read.planned import planned
from dashboards.read.results import Results
from dashboards.read.series import flattened
from dashboards.read.tasks import by_task

WORKLOAD = "workload."


@dataclass(frozen=True)
class NetworkSetup:
    """One workload on one data set."""

    name: str
    data: DataEntry
    values: Mapping[str, tuple[Any, ...]]  # every value of each setting, by its name without `workload.`
    steps: tuple[int, ...]  # optimizer steps of its dense trials

    @property
    def training(self) -> dict[str, tuple[Any, ...]]:
        """Those of its settings that say how it is trained."""
        lead = "training."
        return {name.removeprefix(lead): found for name, found in self.values.items() if name.startswith(lead)}


@dataclass(frozen=True)
class MethodSetup:
    """One method that removes weights."""

    name: str
    variants: tuple[str, ...]  # what tells its series apart; empty where there is one
    levels: tuple[float, ...]  # sparsities that were asked for
    controls: tuple[str, ...]  # of a lottery ticket


@dataclass(frozen=True)
class Setup:
    """Everything that the methods paragraph can say."""

    networks: tuple[NetworkSetup, ...]
    methods: tuple[MethodSetup, ...]
    references: tuple[ReferenceEntry, ...]
    seeds: tuple[int, ...]
    twins: bool  # whether networks are held against dense ones
    over_examples: bool  # whether intervals over examples too are there
    outcomes: tuple[OutcomeEntry, ...]
    confidence: float
    simulated: bool  # whether zeros were multiplied
    facts: Mapping[str, str]  # on code and machine, by dotted name; where runs differ, what they say

    def cited(self, name: str) -> tuple[str, ...]:
        """Authors and years of the works that the setting of this name comes from."""
        return tuple(dict.fromkeys(work.short for work in self.references if work.name == name))


def setup(results: Results) -> Setup:
    """How the sweep was made."""
    plan = results.plan
    return Setup(
        networks=_networks(results),
        methods=_methods(results),
        references=plan.references,
        seeds=tuple(sorted({trial.settings[schema.SEED] for trial in plan.trials})),
        twins=any(run.twin for trial in plan.trials for run in trial.runs),
        over_examples=bool(results.examples),
        outcomes=results.outcomes,
        confidence=results.confidence,
        simulated=any(simulated(task.runs, cell) for _, task in by_task(results) for cell in cells(task)),
        facts={name: fact_text(values) for name, values in facts(results).items()},
    )


def _networks(results: Results) -> tuple[NetworkSetup, ...]:
    sizes = {data.identity: data for data in results.plan.data}
    trials: dict[tuple[str, str], list[TrialEntry]] = {}
    for trial in results.plan.trials:
        trials.setdefault((trial.settings["workload"]["name"], trial.settings["data"]), []).append(trial)
    return tuple(
        NetworkSetup(
            name, sizes.get(data, DataEntry(identity=data)), _values(trial.settings for trial in found),
            tuple(dict.fromkeys(trial.steps for trial in found if trial.settings["method"]["name"] == "dense")),
        )
        for (name, data), found in trials.items()
    )  # fmt: skip


def _values(all_settings: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Every value of each setting of the workload, each once, in the order of the plan."""
    found: dict[str, dict[Any, None]] = {}
    for settings in all_settings:
        for name, value in flattened(settings).items():
            if name.startswith(WORKLOAD):
                found.setdefault(name.removeprefix(WORKLOAD), {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def _methods(results: Results) -> tuple[MethodSetup, ...]:
    runs = [run for trial in planned(results) for run in trial.runs if run.series and not run.series.dense]
    called = ways(run.series for run in runs if run.series and not run.series.control)
    found = []
    for name in dict.fromkeys(run.series.method for run in runs if run.series):
        of_method = [(run, run.series) for run in runs if run.series and run.series.method == name]
        variants = [
            label.removeprefix(name).strip() for way, label in called.items() if dict(way)[schema.METHOD] == name
        ]
        levels = {run.target for run, series in of_method if run.target and not series.control}
        controls = dict.fromkeys(series.arm for _, series in of_method if series.control)
        found.append(MethodSetup(
            name, tuple(variants) if len(variants) > 1 else (), tuple(sorted(levels)), tuple(controls)
        ))  # fmt: skip
    return tuple(found)
