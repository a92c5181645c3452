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
class Outcomes:
    """Accuracies by the trial's key; chance level for trials that diverged."""

    last: Mapping[str, float]
    best: Mapping[str, float]
    validation: Mapping[str, float]


def cells(results: Results) -> tuple[Cell, ...]:
    """Every cell that the plan holds, series by series, from dense to sparse."""
    trials = [flattened(trial["settings"]) for trial in results.plan["trials"]]
    known = series(trials)
    groups: dict[tuple[Series, float | None, float | None], list[int]] = {}
    for index, trial in enumerate(trials):
        amount = trial.get(schema.SPARSITY), trial.get(schema.THRESHOLD)
        groups.setdefault((known[identity(trial)], *amount), []).append(index)
    order = list(known.values())
    chance = {
        trial["key"]: trial["chance"]
        for trial in results.plan["trials"]
        if trial.get("cause") == schema.DIVERGED and trial.get("chance") is not None
    }
    outcomes = Outcomes(*(_by_trial(results.runs, metric) | chance for metric in (OUTCOME, BEST, VALIDATION)))
    found = [
        _cell(results, one, asked, members, outcomes, set(chance)) for (one, asked, _), members in groups.items()
    ]
    return tuple(sorted(found, key=lambda cell: (order.index(cell.series), cell.sparsity)))


def _by_trial(runs: pd.DataFrame, metric: str) -> dict[str, float]:
    """The finite values of a metric, by the trial's key."""
    found = zip(runs["trial_key"], runs[metric]) if metric in runs else ()
    return {key: value for key, value in found if isfinite(value)}


def _cell(
    results: Results,
    one: Series,
    asked: float | None,
    members: list[int],
    outcomes: Outcomes,
    diverged: set[str],
) -> Cell:
    planned = sorted((results.plan["trials"][index] for index in members), key=_seed)
    runs = results.runs[results.runs["trial_key"].isin([trial["key"] for trial in planned])]
    runs = runs.sort_values("seed") if len(runs) else runs
    finished = set(runs["trial_key"])
    failed = sum(trial["state"] == "failed" and trial["key"] not in finished for trial in planned)
    accuracy, differences = _of(planned, outcomes.last), _to_twins(planned, outcomes.last)
    converged = _of([trial for trial in planned if trial["key"] not in diverged], outcomes.last)
    validation = estimate(list(_of(planned, outcomes.validation).values()))
    confidence, reached = results.confidence, mean(runs, "final/sparsity")
    return Cell(
        one, _sparsity(asked, reached), tuple(runs["run"]), accuracy, differences,
        planned=len(planned), failed=failed, diverged=sum(trial["key"] in diverged for trial in planned),
        missing=len(planned) - len(finished) - failed,
        accuracy=estimate(list(accuracy.values()), confidence),
        converged=estimate(list(converged.values()), confidence),
        difference=estimate(list(differences.values()), confidence),
        best=estimate(list(_of(planned, outcomes.best).values()), confidence),
        best_difference=estimate(list(_to_twins(planned, outcomes.best).values()), confidence),
        validation=validation.mean if validation else None,
        pruned=estimate(list(runs[PRUNED]), confidence) if PRUNED in runs else None,
        steps=mean(runs, "cost/steps_total"),
        nonzero=mean(runs, "final/nonzero_parameters"),
        prunable=mean(runs, "final/prunable_parameters"),
        reached=reached,
    )  # fmt: skip


def _sparsity(asked: float | None, reached: float | None) -> float:
    """Of a cell that was asked for by a threshold: what it came to."""
    return asked if asked is not None else round(reached or 0.0, 4)


def _seed(trial: Mapping[str, Any]) -> int:
    return trial["settings"][schema.SEED]


def _of(planned: list[Mapping[str, Any]], outcome: Mapping[str, float]) -> dict[int, float]:
    return {_seed(trial): outcome[trial["key"]] for trial in planned if trial["key"] in outcome}


def _to_twins(planned: list[Mapping[str, Any]], outcome: Mapping[str, float]) -> dict[int, float]:
    pairs = [trial for trial in planned if trial["key"] in outcome and trial["twin"] in outcome]
    return {_seed(trial): outcome[trial["key"]] - outcome[trial["twin"]] for trial in pairs}


def mean(runs: pd.DataFrame, metric: str) -> float | None:
    """The mean of a metric over runs; None where none recorded it."""
    found = estimate(list(runs[metric])) if metric in runs else None
    return found.mean if found else None
