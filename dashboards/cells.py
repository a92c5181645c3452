"""A cell: a series at one sparsity, over its seeds. What was planned, what came of it, and how far it is from dense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import pandas as pd

from dashboards import schema
from dashboards.results import Results
from dashboards.series import Series, flattened, identity, series
from dashboards.statistics import Estimate, estimate, paired

OUTCOME = "final/test_accuracy"  # the primary outcome: the last step


@dataclass(frozen=True)
class Cell:
    """Accuracies are fractions; counts are of weights."""

    series: Series
    sparsity: float  # as asked for, in [0, 1)
    runs: tuple[str, ...]  # finished ones, by seed
    by_seed: Mapping[int, float]  # test accuracy at the last step
    planned: int  # trials
    failed: int
    missing: int  # neither finished nor failed
    accuracy: Estimate | None
    difference: Estimate | None  # to the twins, paired by seed; None where there are no pairs
    nonzero: float | None  # prunable weights that are not zero, mean
    prunable: float | None  # N, of the whole network
    reached: float | None  # final/sparsity, mean

    @property
    def density(self) -> float:
        """The fraction of weights asked to be kept."""
        return round(1 - self.sparsity, 12)


def cells(results: Results) -> tuple[Cell, ...]:
    """Every cell that the plan holds, series by series, from dense to sparse."""
    trials = [flattened(trial["settings"]) for trial in results.plan["trials"]]
    known = series(trials)
    groups: dict[tuple[Series, float], list[int]] = {}
    for index, trial in enumerate(trials):
        groups.setdefault((known[identity(trial)], float(trial.get(schema.SPARSITY, 0.0))), []).append(index)
    order = list(known.values())
    outcome = dict(zip(results.runs["run"], results.runs[OUTCOME])) if OUTCOME in results.runs else {}
    ranked = sorted(groups, key=lambda group: (order.index(group[0]), group[1]))
    return tuple(_cell(results, *group, groups[group], outcome) for group in ranked)


def _cell(results: Results, one: Series, sparsity: float, members: list[int], outcome: Mapping[str, float]) -> Cell:
    planned = [results.plan["trials"][index] for index in members]
    runs = results.runs[results.runs["trial_key"].isin([trial["key"] for trial in planned])]
    runs = runs.sort_values("seed") if len(runs) else runs
    accuracy, twins = {}, {}
    for run in runs.to_dict("records"):
        value, twin = outcome.get(run["run"], float("nan")), outcome.get(run["twin"], float("nan"))
        if isfinite(value):
            accuracy[int(run["seed"])] = value
        if isfinite(twin):
            twins[int(run["seed"])] = twin
    finished = set(runs["trial_key"])
    failed = sum(trial["state"] == "failed" and trial["key"] not in finished for trial in planned)
    return Cell(
        one, sparsity, tuple(runs["run"]), accuracy,
        planned=len(planned), failed=failed, missing=len(planned) - len(finished) - failed,
        accuracy=estimate(list(accuracy.values()), results.confidence),
        difference=paired(accuracy, twins, results.confidence),
        nonzero=_mean(runs, "final/nonzero_parameters"),
        prunable=_mean(runs, "final/prunable_parameters"),
        reached=_mean(runs, "final/sparsity"),
    )  # fmt: skip


def _mean(runs: pd.DataFrame, metric: str) -> float | None:
    found = estimate(list(runs[metric])) if metric in runs else None
    return found.mean if found else None
