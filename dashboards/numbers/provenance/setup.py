"""The setup of a sweep from its plan and results: networks, training, methods, seeds, statistics, code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import schema
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cost.zeros import zeros_left_out
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
    values: Mapping[str, tuple[Any, ...]]  # all values of each setting, by name without `workload.`
    steps: tuple[int, ...]  # optimizer steps of its dense trials

    @property
    def training(self) -> dict[str, tuple[Any, ...]]:
        """The settings of its training."""
        lead = "training."
        return {name.removeprefix(lead): values for name, values in self.values.items() if name.startswith(lead)}


@dataclass(frozen=True)
class MethodSetup:
    """One method that removes weights."""

    name: str
    variants: tuple[str, ...]  # differences between its series; empty for one series
    levels: tuple[float, ...]  # planned sparsities
    controls: tuple[str, ...]  # of lottery tickets


@dataclass(frozen=True)
class Setup:
    """The content of the methods paragraph."""

    networks: tuple[NetworkSetup, ...]
    methods: tuple[MethodSetup, ...]
    references: tuple[ReferenceEntry, ...]
    seeds: tuple[int, ...]
    twins: bool  # whether networks are compared with dense ones
    over_examples: bool  # whether there are intervals over examples too
    outcomes: tuple[OutcomeEntry, ...]
    confidence: float
    simulated: bool  # whether some training multiplied the zeros
    left_out: bool  # whether some training left the zeros out
    facts: Mapping[str, str]  # on code and machine, by dotted name

    def cited(self, name: str) -> tuple[str, ...]:
        """Authors and years of the sources of a setting."""
        return tuple(dict.fromkeys(work.short for work in self.references if work.name == name))


def setup(results: Results) -> Setup:
    """The setup of the sweep."""
    plan = results.plan
    found = [zeros_left_out(task.runs, cell) for _, task in by_task(results) for cell in cells(task)]
    shares = [share for share in found if share is not None]
    return Setup(
        networks=_networks(results),
        methods=_methods(results),
        references=plan.references,
        seeds=tuple(sorted({trial.settings[schema.SEED] for trial in plan.trials})),
        twins=any(run.twin for trial in plan.trials for run in trial.runs),
        over_examples=bool(results.examples),
        outcomes=results.outcomes,
        confidence=results.confidence,
        simulated=any(share < 1 for share in shares),
        left_out=any(share > 0 for share in shares),
        facts={name: fact_text(values) for name, values in facts(results).items()},
    )


def _networks(results: Results) -> tuple[NetworkSetup, ...]:
    sizes = {data.identity: data for data in results.plan.data}
    trials: dict[tuple[str, str], list[TrialEntry]] = {}
    for trial in results.plan.trials:
        trials.setdefault((trial.settings["workload"]["name"], trial.settings["data"]), []).append(trial)
    return tuple(
        NetworkSetup(
            name, sizes.get(data, DataEntry(identity=data)), _values(trial.settings for trial in group),
            tuple(dict.fromkeys(trial.steps for trial in group if trial.settings["method"]["name"] == "dense")),
        )
        for (name, data), group in trials.items()
    )  # fmt: skip


def _values(all_settings: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """The distinct values of each setting of the workload, in the order of the plan."""
    distinct: dict[str, dict[Any, None]] = {}
    for settings in all_settings:
        for name, value in flattened(settings).items():
            if name.startswith(WORKLOAD):
                distinct.setdefault(name.removeprefix(WORKLOAD), {})[value] = None
    return {name: tuple(values) for name, values in distinct.items()}


def _methods(results: Results) -> tuple[MethodSetup, ...]:
    runs = [run for trial in planned(results) for run in trial.runs if run.series and not run.series.dense]
    names = ways(run.series for run in runs if run.series and not run.series.control)
    result = []
    for name in dict.fromkeys(run.series.method for run in runs if run.series):
        of_method = [(run, run.series) for run in runs if run.series and run.series.method == name]
        variants = [
            label.removeprefix(name).strip() for way, label in names.items() if dict(way)[schema.METHOD] == name
        ]
        levels = {run.target for run, series in of_method if run.target and not series.control}
        controls = dict.fromkeys(series.arm for _, series in of_method if series.control)
        result.append(MethodSetup(
            name, tuple(variants) if len(variants) > 1 else (), tuple(sorted(levels)), tuple(controls)
        ))  # fmt: skip
    return tuple(result)
