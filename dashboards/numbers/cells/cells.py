"""The cells of a sweep: what its plan holds and what came of it, series by series and level by level."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import Any

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.outcomes import Outcomes, outcomes, per_seed
from dashboards.numbers.training.checkpoints import candidates
from dashboards.read.examples import ExampleOutcomes
from dashboards.read.planned import RunOfPlan, planned
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import CHANGE, SHARE, Estimate, estimate

OUTCOME = "final/test_accuracy"  # the primary outcome: the last step
BEST = "best/test_accuracy"  # at the least validation loss
VALIDATION = "final/val_accuracy"
PRUNED = "pruned/test_accuracy"  # right after pruning
NONZERO, PRUNABLE, REACHED = "final/nonzero_parameters", "final/prunable_parameters", "final/sparsity"
STEPS = "cost/steps_total"
COLUMNS = ("run", PRUNED, NONZERO, PRUNABLE, REACHED, STEPS)
Row = Mapping[str, Any]  # one of Results.runs, with these columns as far as they are there


def cells(results: Results) -> tuple[Cell, ...]:
    """Every cell that the plan holds, series by series, from dense to sparse.

    Made once: nearly every section of a page asks for them."""
    if "cells" not in results.derived:
        results.derived["cells"] = _cells(results)
    return results.derived["cells"]


def _cells(results: Results) -> tuple[Cell, ...]:
    runs = [run for trial in planned(results) for run in trial.runs]
    groups: dict[tuple[Series, float | None, float | None], list[RunOfPlan]] = {}
    for run in runs:
        if run.series is not None:
            groups.setdefault((run.series, run.sparsity, run.asked), []).append(run)
    order = sorted(dict.fromkeys(series for series, *_ in groups), key=lambda one: not one.dense)
    known = _known(results, runs)
    made = [_cell(one, asked, own, known) for (one, asked, _), own in groups.items()]
    return tuple(sorted(made, key=lambda cell: (order.index(cell.series), cell.level)))


@dataclass(frozen=True)
class KnownRuns:
    """What is known of single runs, by their names."""

    rows: Mapping[str, Row]  # of finished ones
    outcomes: Mapping[str, Mapping[str, float]]  # by metric; those of runs that diverged too
    examples: Mapping[str, ExampleOutcomes]
    candidates: Mapping[str, frozenset[int]]  # looks that the best checkpoint was chosen among
    confidence: float


def _known(results: Results, runs: list[RunOfPlan]) -> KnownRuns:
    found = results.runs[[column for column in COLUMNS if column in results.runs]]
    return KnownRuns(
        {row["run"]: row for row in found.to_dict("records")},
        {metric: _outcomes(results, runs, metric) for metric in (OUTCOME, BEST, VALIDATION)},
        results.examples, candidates(results) if BEST in results.runs else {}, results.confidence,
    )  # fmt: skip


def _outcomes(results: Results, runs: list[RunOfPlan], metric: str) -> dict[str, float]:
    """A metric's finite values by run; chance level, where there is one, for runs that diverged."""
    there = results.runs
    found = zip(there["run"], there[metric], strict=True) if metric in there else ()
    gone = {run.name: run.chance for run in runs if run.state == "diverged" and run.chance is not None}
    return {run: value for run, value in found if isfinite(value)} | gone


def _cell(one: Series, asked: float | None, runs: list[RunOfPlan], known: KnownRuns) -> Cell:
    runs, rows, confidence = sorted(runs, key=lambda run: run.seed), known.rows, known.confidence
    finished = [run for run in runs if run.state == "finished"]
    diverged = sum(run.state == "diverged" for run in runs)
    last, best = known.outcomes[OUTCOME], known.outcomes[BEST]
    ours = outcomes((run.seed, last[run.name], known.examples.get(run.name)) for run in runs if run.name in last)
    pairs, twins = _paired(runs, last, known.examples)
    to_twins = pairs.minus(twins)
    validation = _by_seed(runs, known.outcomes[VALIDATION])
    reached = _mean(finished, rows, REACHED)
    return Cell(
        one, _sparsity(asked, reached), runs[0].target, tuple(run.name for run in finished), ours, to_twins,
        twins=fmean(twins.by_seed.values()) if twins.by_seed else None,
        planned=len(runs), failed=diverged + sum(run.state == "failed" for run in runs), diverged=diverged,
        missing=sum(run.state == "missing" for run in runs),
        accuracy=estimate(list(ours.by_seed.values()), confidence, SHARE),
        converged=estimate(_by_seed(finished, last), confidence, SHARE),
        difference=to_twins.estimate(confidence, CHANGE),
        best=estimate(_by_seed(runs, best), confidence, SHARE),
        best_difference=_best_difference(runs, best, known),
        validation=fmean(validation) if validation else None,
        pruned=estimate(_values(finished, rows, PRUNED), confidence, SHARE),
        steps=_mean(finished, rows, STEPS),
        nonzero=_mean(finished, rows, NONZERO),
        prunable=_mean(finished, rows, PRUNABLE),
        reached=reached,
        round=runs[0].round,
    )  # fmt: skip


def _best_difference(runs: list[RunOfPlan], best: Mapping[str, float], known: KnownRuns) -> Estimate | None:
    """None unless every run and its twin chose among the same looks: more to choose from is an advantage. What
    diverged is at chance level whatever it could choose."""
    if any(known.candidates.get(run) != known.candidates.get(twin) for _, run, twin in _pairs(runs, known.rows)):
        return None
    pairs, twins = _paired(runs, best, {})
    return pairs.minus(twins).estimate(known.confidence, CHANGE)


def _paired(
    runs: list[RunOfPlan], outcome: Mapping[str, float], examples: Mapping[str, ExampleOutcomes]
) -> tuple[Outcomes, Outcomes]:
    """The runs that have this outcome and whose twins have it too, and those twins."""
    pairs = _pairs(runs, outcome)
    return (outcomes((seed, outcome[run], examples.get(run)) for seed, run, _ in pairs),
            outcomes((seed, outcome[twin], examples.get(twin)) for seed, _, twin in pairs))  # fmt: skip


def _pairs(runs: list[RunOfPlan], there: Container[str]) -> list[tuple[int, str, str]]:
    """Seed, name and twin's name of the runs that are there together with their twins."""
    twinned = [(run.seed, run.name, run.twin) for run in runs if run.twin is not None]
    return [(seed, run, twin) for seed, run, twin in twinned if run in there and twin in there]


def _sparsity(asked: float | None, reached: float | None) -> float:
    """Of a cell whose sparsity was left to chance or a threshold: what it came to."""
    return asked if asked is not None else round(reached or 0.0, 4)


def _by_seed(runs: list[RunOfPlan], outcome: Mapping[str, float]) -> list[float]:
    return list(per_seed((run.seed, outcome[run.name]) for run in runs if run.name in outcome).values())


def _values(runs: list[RunOfPlan], rows: Mapping[str, Row], metric: str) -> list[float]:
    found = [(run.seed, rows[run.name][metric]) for run in runs if metric in rows[run.name]]
    return list(per_seed((seed, value) for seed, value in found if isfinite(value)).values())


def _mean(runs: list[RunOfPlan], rows: Mapping[str, Row], metric: str) -> float | None:
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
