"""A cell: a series at one sparsity, over its seeds. What was planned, what came of it, and how far it is from dense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import Any

import pandas as pd

from dashboards.planned import PlannedRun, planned
from dashboards.results import Results
from dashboards.series import Series
from dashboards.statistics import Estimate, estimate

OUTCOME = "final/test_accuracy"  # the primary outcome: the last step
BEST = "best/test_accuracy"  # at the least validation loss
VALIDATION = "final/val_accuracy"
PRUNED = "pruned/test_accuracy"  # right after pruning
NONZERO, PRUNABLE, REACHED = "final/nonzero_parameters", "final/prunable_parameters", "final/sparsity"
STEPS = "cost/steps_total"
COLUMNS = ("run", PRUNED, NONZERO, PRUNABLE, REACHED, STEPS)
Row = Mapping[str, Any]  # one of Results.runs, with these columns as far as they are there


@dataclass(frozen=True)
class Cell:
    """Accuracies are fractions; counts are of weights.

    A run that diverged counts at chance level, where there is one. The draws of a control at one seed count as one, at
    their mean: they share the ladder that they branch off, so that they say nothing about other seeds. The twin of a
    control is the main run of its rung, all others' is a dense network that was trained as long."""

    series: Series
    sparsity: float  # that it was to have, in [0, 1); where only measuring tells, as reached
    target: float | None  # that its trial asks for, reached or not; None: there is none
    runs: tuple[str, ...]  # finished ones, by seed
    by_seed: Mapping[int, float]  # test accuracy at the last step
    differences: Mapping[int, float]  # of those to the twins', where both are there
    planned: int  # runs: one a seed, but for the draws of controls
    failed: int  # diverged ones included
    diverged: int
    missing: int  # neither finished nor failed
    accuracy: Estimate | None
    converged: Estimate | None  # the accuracy without the runs that diverged
    difference: Estimate | None  # to the twins, paired by seed; None where there are no pairs
    best: Estimate | None  # test accuracy at the best checkpoint, chosen on the validation set
    best_difference: Estimate | None  # of that to the twins' best
    validation: float | None  # validation accuracy at the last step, mean: what methods are chosen by
    pruned: Estimate | None  # test accuracy right after pruning, before any fine-tuning
    steps: float | None  # optimizer steps of the whole path, mean
    nonzero: float | None  # prunable weights that are not zero, mean
    prunable: float | None  # N, of the whole network
    reached: float | None  # final/sparsity, mean
    round: int | None = None  # of a ladder, which this is a rung of

    @property
    def level(self) -> float:
        """What tells it from other cells of its series: the sparsity that its trial asks for, reached or not."""
        return self.sparsity if self.target is None else self.target

    @property
    def density(self) -> float:
        """The fraction of weights asked to be kept."""
        return round(1 - self.sparsity, 12)


def cells(results: Results) -> tuple[Cell, ...]:
    """Every cell that the plan holds, series by series, from dense to sparse."""
    runs = [run for trial in planned(results) for run in trial.runs]
    groups: dict[tuple[Series, float | None, float | None], list[PlannedRun]] = {}
    for run in runs:
        if run.series is not None:
            groups.setdefault((run.series, run.sparsity, run.asked), []).append(run)
    order = sorted(dict.fromkeys(series for series, *_ in groups), key=lambda one: not one.dense)
    outcomes = {metric: _outcomes(results, runs, metric) for metric in (OUTCOME, BEST, VALIDATION)}
    found = results.runs[[column for column in COLUMNS if column in results.runs]]
    rows = {row["run"]: row for row in found.to_dict("records")}
    made = [_cell(one, asked, own, rows, outcomes, results.confidence) for (one, asked, _), own in groups.items()]
    return tuple(sorted(made, key=lambda cell: (order.index(cell.series), cell.level)))


def _outcomes(results: Results, runs: list[PlannedRun], metric: str) -> dict[str, float]:
    """A metric's finite values by run; chance level, where there is one, for runs that diverged."""
    there = results.runs
    found = zip(there["run"], there[metric]) if metric in there else ()
    gone = {run.name: run.chance for run in runs if run.state == "diverged" and run.chance is not None}
    return {run: value for run, value in found if isfinite(value)} | gone


def _cell(
    one: Series,
    asked: float | None,
    runs: list[PlannedRun],
    rows: Mapping[str, Row],
    outcomes: Mapping[str, Mapping[str, float]],
    confidence: float,
) -> Cell:
    runs = sorted(runs, key=lambda run: run.seed)
    finished = [run for run in runs if run.state == "finished"]
    diverged = sum(run.state == "diverged" for run in runs)
    last, differences = _of(runs, outcomes[OUTCOME]), _to_twins(runs, outcomes[OUTCOME])
    validation = estimate(list(_of(runs, outcomes[VALIDATION]).values()))
    reached = _mean(finished, rows, REACHED)
    return Cell(
        one, _sparsity(asked, reached), runs[0].target, tuple(run.name for run in finished), last, differences,
        planned=len(runs), failed=diverged + sum(run.state == "failed" for run in runs), diverged=diverged,
        missing=sum(run.state == "missing" for run in runs),
        accuracy=estimate(list(last.values()), confidence),
        converged=estimate(list(_of(finished, outcomes[OUTCOME]).values()), confidence),
        difference=estimate(list(differences.values()), confidence),
        best=estimate(list(_of(runs, outcomes[BEST]).values()), confidence),
        best_difference=estimate(list(_to_twins(runs, outcomes[BEST]).values()), confidence),
        validation=validation.mean if validation else None,
        pruned=estimate(_values(finished, rows, PRUNED), confidence),
        steps=_mean(finished, rows, STEPS),
        nonzero=_mean(finished, rows, NONZERO),
        prunable=_mean(finished, rows, PRUNABLE),
        reached=reached,
        round=runs[0].round,
    )  # fmt: skip


def _sparsity(asked: float | None, reached: float | None) -> float:
    """Of a cell whose sparsity was left to chance or a threshold: what it came to."""
    return asked if asked is not None else round(reached or 0.0, 4)


def _of(runs: list[PlannedRun], outcome: Mapping[str, float]) -> dict[int, float]:
    return per_seed((run.seed, outcome[run.name]) for run in runs if run.name in outcome)


def _to_twins(runs: list[PlannedRun], outcome: Mapping[str, float]) -> dict[int, float]:
    pairs = [run for run in runs if run.name in outcome and run.twin in outcome]
    return per_seed((run.seed, outcome[run.name] - outcome[run.twin]) for run in pairs)


def _values(runs: list[PlannedRun], rows: Mapping[str, Row], metric: str) -> list[float]:
    found = [(run.seed, rows[run.name][metric]) for run in runs if metric in rows[run.name]]
    return list(per_seed((seed, value) for seed, value in found if isfinite(value)).values())


def per_seed(values: Iterable[tuple[int, float]]) -> dict[int, float]:
    """The mean of each seed's values."""
    found: dict[int, list[float]] = {}
    for seed, value in values:
        found.setdefault(seed, []).append(value)
    return {seed: fmean(own) for seed, own in found.items()}


def _mean(runs: list[PlannedRun], rows: Mapping[str, Row], metric: str) -> float | None:
    found = estimate(_values(runs, rows, metric))
    return found.mean if found else None


def rows_of(cell: Cell, results: Results) -> pd.DataFrame:
    """The cell's rows of Results.runs, one a seed: of several draws the means, and nothing that is no number."""
    own = results.runs[results.runs["run"].isin(cell.runs)]
    return own if own["seed"].is_unique else own.groupby("seed", as_index=False).mean(numeric_only=True)


def mean(runs: pd.DataFrame, metric: str) -> float | None:
    """The mean of a metric over runs; None where none recorded it."""
    found = estimate(list(runs[metric])) if metric in runs else None
    return found.mean if found else None
