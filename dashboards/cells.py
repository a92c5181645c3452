"""A cell: a series at one sparsity, over its seeds. What was planned, what came of it, and how far it is from dense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from dashboards import schema
from dashboards.results import Results
from dashboards.series import Series, flattened, identity, series
from dashboards.statistics import Estimate, estimate

OUTCOME = "final/test_accuracy"  # the primary outcome: the last step
BEST = "best/test_accuracy"  # at the least validation loss
VALIDATION = "final/val_accuracy"
PRUNED = "pruned/test_accuracy"  # right after pruning
NONZERO, PRUNABLE, REACHED = "final/nonzero_parameters", "final/prunable_parameters", "final/sparsity"
STEPS = "cost/steps_total"
COLUMNS = ("run", "trial_key", "twin", "seed", PRUNED, NONZERO, PRUNABLE, REACHED, STEPS)
Run = Mapping[str, Any]  # one row of Results.runs, with these columns as far as they are there


@dataclass(frozen=True)
class Cell:
    """Accuracies are fractions; counts are of weights. A seed that diverged counts at chance level."""

    series: Series
    sparsity: float  # as asked for, in [0, 1); where a threshold was asked for, as reached
    runs: tuple[str, ...]  # finished ones, by seed
    by_seed: Mapping[int, float]  # test accuracy at the last step
    differences: Mapping[int, float]  # of those to the twins', where both are there
    planned: int  # trials
    failed: int  # diverged ones included
    diverged: int
    missing: int  # neither finished nor failed
    accuracy: Estimate | None
    converged: Estimate | None  # the accuracy without the seeds that diverged
    difference: Estimate | None  # to the twins, paired by seed; None where there are no pairs
    best: Estimate | None  # test accuracy at the best checkpoint, chosen on the validation set
    best_difference: Estimate | None  # of that to the twins' best
    validation: float | None  # validation accuracy at the last step, mean: what methods are chosen by
    pruned: Estimate | None  # test accuracy right after pruning, before any fine-tuning
    steps: float | None  # optimizer steps of the whole path, mean
    nonzero: float | None  # prunable weights that are not zero, mean
    prunable: float | None  # N, of the whole network
    reached: float | None  # final/sparsity, mean

    @property
    def density(self) -> float:
        """The fraction of weights asked to be kept."""
        return round(1 - self.sparsity, 12)


@dataclass(frozen=True)
class Attempt:
    """A run that has an outcome: it finished, or it diverged and counts at chance level."""

    seed: int
    run: str
    twin: str | None  # the run of its twin
    diverged: bool


def cells(results: Results) -> tuple[Cell, ...]:
    """Every cell that the plan holds, series by series, from dense to sparse."""
    trials = [flattened(trial["settings"]) for trial in results.plan["trials"]]
    known = series(trials)
    groups: dict[tuple[Series, float | None, float | None], list[Mapping[str, Any]]] = {}
    for trial, planned in zip(trials, results.plan["trials"]):
        amount = trial.get(schema.SPARSITY), trial.get(schema.THRESHOLD)
        groups.setdefault((known[identity(trial)], *amount), []).append(planned)
    order = list(known.values())
    outcomes = {metric: _outcomes(results, metric) for metric in (OUTCOME, BEST, VALIDATION)}
    runs: dict[str, list[Run]] = {}
    for row in results.runs[[column for column in COLUMNS if column in results.runs]].to_dict("records"):
        runs.setdefault(row["trial_key"], []).append(row)
    found = [
        _cell(one, asked, planned, runs, outcomes, results.confidence) for (one, asked, _), planned in groups.items()
    ]
    return tuple(sorted(found, key=lambda cell: (order.index(cell.series), cell.sparsity)))


def _outcomes(results: Results, metric: str) -> dict[str, float]:
    """A metric's finite values by run; chance level for runs that diverged."""
    runs = results.runs
    found = zip(runs["run"], runs[metric]) if metric in runs else ()
    gone = {run: trial["chance"] for trial in results.plan["trials"] for run in _diverged(trial)}
    return {run: value for run, value in found if isfinite(value)} | gone


def _diverged(trial: Mapping[str, Any]) -> list[str]:
    """The runs that a trial would have had, had it not diverged."""
    if trial.get("cause") != schema.DIVERGED or trial.get("chance") is None:
        return []
    return [f"{trial['key']}/{label}" for label in trial["labels"]]


def _cell(
    one: Series,
    asked: float | None,
    planned: list[Mapping[str, Any]],
    of_trial: Mapping[str, list[Run]],
    outcomes: Mapping[str, Mapping[str, float]],
    confidence: float,
) -> Cell:
    runs = sorted((run for trial in planned for run in of_trial.get(trial["key"], ())), key=lambda run: run["seed"])
    attempts = _attempts(runs, planned)
    finished = {run["trial_key"] for run in runs}
    failed = sum(trial["state"] == "failed" and trial["key"] not in finished for trial in planned)
    last, differences = _of(attempts, outcomes[OUTCOME]), _to_twins(attempts, outcomes[OUTCOME])
    converged = _of([attempt for attempt in attempts if not attempt.diverged], outcomes[OUTCOME])
    validation = estimate(list(_of(attempts, outcomes[VALIDATION]).values()))
    reached = _mean(runs, REACHED)
    return Cell(
        one, _sparsity(asked, reached), tuple(run["run"] for run in runs), last, differences,
        planned=len(planned), failed=failed, diverged=sum(attempt.diverged for attempt in attempts),
        missing=len(planned) - len(finished) - failed,
        accuracy=estimate(list(last.values()), confidence),
        converged=estimate(list(converged.values()), confidence),
        difference=estimate(list(differences.values()), confidence),
        best=estimate(list(_of(attempts, outcomes[BEST]).values()), confidence),
        best_difference=estimate(list(_to_twins(attempts, outcomes[BEST]).values()), confidence),
        validation=validation.mean if validation else None,
        pruned=estimate(_values(runs, PRUNED), confidence),
        steps=_mean(runs, STEPS),
        nonzero=_mean(runs, NONZERO),
        prunable=_mean(runs, PRUNABLE),
        reached=reached,
    )  # fmt: skip


def _sparsity(asked: float | None, reached: float | None) -> float:
    """Of a cell that was asked for by a threshold: what it came to."""
    return asked if asked is not None else round(reached or 0.0, 4)


def _attempts(runs: list[Run], planned: list[Mapping[str, Any]]) -> list[Attempt]:
    """By seed."""
    found = [
        Attempt(int(run["seed"]), run["run"], run["twin"] if isinstance(run["twin"], str) else None, diverged=False)
        for run in runs
    ]
    finished = {run["trial_key"] for run in runs}
    for trial in planned:
        twins = [trial["twin"] and f"{trial['twin']}/{label}" for label in trial["labels"]]
        if trial["key"] not in finished:
            seed = trial["settings"][schema.SEED]
            found += [Attempt(seed, run, twin, diverged=True) for run, twin in zip(_diverged(trial), twins)]
    return sorted(found, key=lambda attempt: attempt.seed)


def _of(attempts: list[Attempt], outcome: Mapping[str, float]) -> dict[int, float]:
    return {attempt.seed: outcome[attempt.run] for attempt in attempts if attempt.run in outcome}


def _to_twins(attempts: list[Attempt], outcome: Mapping[str, float]) -> dict[int, float]:
    pairs = [attempt for attempt in attempts if attempt.run in outcome and attempt.twin in outcome]
    return {attempt.seed: outcome[attempt.run] - outcome[attempt.twin] for attempt in pairs}


def _values(runs: list[Run], metric: str) -> list[float]:
    return [run[metric] for run in runs if metric in run]


def _mean(runs: list[Run], metric: str) -> float | None:
    found = estimate(_values(runs, metric))
    return found.mean if found else None


def mean(runs: pd.DataFrame, metric: str) -> float | None:
    """The mean of a metric over runs; None where none recorded it."""
    found = estimate(list(runs[metric])) if metric in runs else None
    return found.mean if found else None
