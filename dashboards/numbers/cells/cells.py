"""The cells of a sweep, by series and level: planned runs and their outcomes."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from statistics import fmean
from typing import Any

import pandas as pd

from dashboards.numbers.cells.cell import Cell, Split
from dashboards.numbers.cells.outcomes import Outcomes, outcomes, per_seed, possible_change, possible_values
from dashboards.numbers.training.checkpoints import candidates
from dashboards.plan_file import OutcomeEntry
from dashboards.read.examples import ExampleOutcomes
from dashboards.read.planned import RunOfPlan, planned
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate, estimate

LAST = "final/{split}_{metric}"  # the primary outcome: the last step
BEST = "best/test_{metric}"  # at the least validation loss
PRUNED = "pruned/test_{metric}"  # right after pruning
LOSS, PERPLEXITY, DEAD = "final/{split}_loss", "final/{split}_perplexity", "dead_neurons/overall"
NONZERO, PRUNABLE, REACHED = "final/nonzero_parameters", "final/prunable_parameters", "final/sparsity"
MASKED = "pruning/sparsity"
STEPS = "cost/steps_total"
SPLITS: dict[str, Split] = {"test": "test", "val": "validation"}
Row = Mapping[str, Any]  # one of Results.runs, with those columns that exist


def cells(results: Results) -> tuple[Cell, ...]:
    """All cells of the plan, by series, from dense to sparse.

    They are computed once, since nearly every section of a page needs them.
    """
    if "cells" not in results.derived:
        results.derived["cells"] = _cells(results)
    return results.derived["cells"]


def _cells(results: Results) -> tuple[Cell, ...]:
    runs = [run for trial in planned(results) for run in trial.runs]
    groups: dict[tuple[Series, float | None, float | None], list[RunOfPlan]] = {}
    for run in runs:
        if run.series is not None:
            groups.setdefault((run.series, run.sparsity, run.asked), []).append(run)
    order = sorted(dict.fromkeys(series for series, *_ in groups), key=lambda series: not series.dense)
    known = _known(results, runs)
    unsorted = [_cell(series, asked, members, known) for (series, asked, _), members in groups.items()]
    return tuple(sorted(unsorted, key=lambda cell: (order.index(cell.series), cell.level)))


@dataclass(frozen=True)
class KnownRuns:
    """Values of single runs by their names, each in the outcome that judges the run."""

    rows: Mapping[str, Row]  # finished runs
    last: Mapping[str, Mapping[str, float]]  # by split, with diverged runs
    split_of: Mapping[str, str]  # the split that judges a run: test if it has a value there, else val
    best: Mapping[str, float]
    validation: Mapping[str, float]
    pruned: Mapping[str, float]
    examples: Mapping[str, Mapping[str, ExampleOutcomes]]  # by split
    candidates: Mapping[str, frozenset[int]]  # evaluations from which the best checkpoint was chosen
    confidence: float


def _known(results: Results, runs: list[RunOfPlan]) -> KnownRuns:
    outcome_of = {run.twin: run.outcome for run in runs if run.twin} | {run.name: run.outcome for run in runs}
    chance = {
        run.name: run.outcome.chance for run in runs if run.state == "diverged" and run.outcome.chance is not None
    }
    metrics = {outcome.metric for outcome in outcome_of.values()}
    names = [*(name.format(split=split, metric=metric) for name in (LAST, BEST, PRUNED) for metric in metrics
               for split in SPLITS),
             *(name.format(split=split) for name in (LOSS, PERPLEXITY) for split in SPLITS),
             DEAD, NONZERO, PRUNABLE, REACHED, MASKED, STEPS]  # fmt: skip
    table = results.runs[["run", *(name for name in dict.fromkeys(names) if name in results.runs)]]
    rows: dict[str, Row] = {row["run"]: row for row in table.to_dict("records")}

    def of(name: str, split: str = "test") -> dict[str, float]:
        values = {run: rows[run].get(name.format(split=split, metric=outcome.metric), nan)
                  for run, outcome in outcome_of.items() if run in rows}  # fmt: skip
        return {run: value for run, value in values.items() if isfinite(value)}

    tested, validated = of(LAST), of(LAST, "val")
    best = of(BEST)
    return KnownRuns(
        rows, {"test": tested | chance, "val": validated | chance},
        dict.fromkeys(validated, "val") | dict.fromkeys(tested, "test"), best | chance, validated | chance, of(PRUNED),
        {split: {run: examples for run, examples in results.examples.items()
                 if examples.split == split and run in outcome_of and examples.metric == outcome_of[run].metric}
         for split in SPLITS},
        candidates(results) if best else {}, results.confidence,
    )  # fmt: skip


def _cell(series: Series, asked: float | None, runs: list[RunOfPlan], known: KnownRuns) -> Cell:
    runs, rows, confidence = sorted(runs, key=lambda run: run.seed), known.rows, known.confidence
    finished = [run for run in runs if run.state == "finished"]
    diverged = sum(run.state == "diverged" for run in runs)
    outcome, split = runs[0].outcome, _split(runs, known)
    values, last, examples = possible_values(outcome), known.last[split], known.examples[split]
    at_end = outcomes((run.seed, last[run.name], examples.get(run.name)) for run in runs if run.name in last)
    pairs, twins = _paired(runs, last, examples)
    to_twins = pairs.minus(twins)
    validation = _by_seed(runs, known.validation)
    reached, masked = _mean(finished, rows, REACHED), _mean(finished, rows, MASKED)
    prunable = _mean(finished, rows, PRUNABLE)
    return Cell(
        series, outcome, SPLITS[split], _sparsity(asked, reached), runs[0].target, tuple(run.name for run in finished),
        at_end, to_twins,
        twins=fmean(twins.by_seed.values()) if twins.by_seed else None,
        planned=len(runs), failed=diverged + sum(run.state == "failed" for run in runs), diverged=diverged,
        missing=sum(run.state == "missing" for run in runs),
        value=estimate(list(at_end.by_seed.values()), confidence, values),
        converged=estimate(_by_seed(finished, last), confidence, values),
        difference=to_twins.estimate(confidence, possible_change(outcome)),
        best=estimate(_by_seed(runs, known.best), confidence, values),
        best_difference=_best_difference(runs, outcome, known),
        validation=fmean(validation) if validation else None,
        pruned=estimate(_by_seed(finished, known.pruned), confidence, values),
        loss=_mean(finished, rows, LOSS.format(split=split)),
        validation_loss=_mean(finished, rows, LOSS.format(split="val")),
        perplexity=_mean(finished, rows, PERPLEXITY.format(split=split)),
        dead=_mean(finished, rows, DEAD),
        steps=_mean(finished, rows, STEPS),
        nonzero=_mean(finished, rows, NONZERO),
        kept=None if masked is None or prunable is None else round((1 - masked) * prunable),
        prunable=prunable,
        reached=reached,
        round=runs[0].round,
    )  # fmt: skip


def _split(runs: list[RunOfPlan], known: KnownRuns) -> str:
    """The split of the runs' values: validation if no run has values on the test split."""
    splits = {known.split_of[run.name] for run in runs if run.name in known.split_of}
    return "val" if splits == {"val"} else "test"


def _best_difference(runs: list[RunOfPlan], outcome: OutcomeEntry, known: KnownRuns) -> Estimate | None:
    """The difference at the best checkpoints; None unless every run and its twin chose among the same evaluations.

    A longer list of evaluations is an advantage. Diverged runs are at chance level regardless of their lists.
    """
    if any(known.candidates.get(run) != known.candidates.get(twin) for _, run, twin in _pairs(runs, known.rows)):
        return None
    pairs, twins = _paired(runs, known.best, {})
    return pairs.minus(twins).estimate(known.confidence, possible_change(outcome))


def _paired(
    runs: list[RunOfPlan], values: Mapping[str, float], examples: Mapping[str, ExampleOutcomes]
) -> tuple[Outcomes, Outcomes]:
    """The outcomes of runs and of their twins, where both have a value."""
    pairs = _pairs(runs, values)
    return (outcomes((seed, values[run], examples.get(run)) for seed, run, _ in pairs),
            outcomes((seed, values[twin], examples.get(twin)) for seed, _, twin in pairs))  # fmt: skip


def _pairs(runs: list[RunOfPlan], names: Container[str]) -> list[tuple[int, str, str]]:
    """Seed, name and twin's name of each run, if run and twin are both in `names`."""
    twinned = [(run.seed, run.name, run.twin) for run in runs if run.twin is not None]
    return [(seed, run, twin) for seed, run, twin in twinned if run in names and twin in names]


def _sparsity(asked: float | None, reached: float | None) -> float:
    """The sparsity of a cell: as planned, or else as measured."""
    return asked if asked is not None else round(reached or 0.0, 4)


def _by_seed(runs: list[RunOfPlan], values: Mapping[str, float]) -> list[float]:
    return list(per_seed((run.seed, values[run.name]) for run in runs if run.name in values).values())


def _values(runs: list[RunOfPlan], rows: Mapping[str, Row], metric: str) -> list[float]:
    pairs = [(run.seed, rows[run.name][metric]) for run in runs if metric in rows[run.name]]
    return list(per_seed((seed, value) for seed, value in pairs if isfinite(value)).values())


def _mean(runs: list[RunOfPlan], rows: Mapping[str, Row], metric: str) -> float | None:
    overall = estimate(_values(runs, rows, metric))
    return overall.mean if overall else None


def rows_of(cell: Cell, results: Results) -> pd.DataFrame:
    """The cell's rows of Results.runs, one per seed. Several draws give their mean, with numeric columns only."""
    rows = results.runs[results.runs["run"].isin(cell.runs)]
    return rows if rows["seed"].is_unique else rows.groupby("seed", as_index=False).mean(numeric_only=True)


def mean(runs: pd.DataFrame, metric: str) -> float | None:
    """The mean of a metric over runs; None if no run recorded it."""
    overall = estimate(list(runs[metric])) if metric in runs else None
    return overall.mean if overall else None
