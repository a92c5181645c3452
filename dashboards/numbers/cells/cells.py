"""The cells of a sweep: what its plan holds and what came of it, series by series and level by level."""

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
STEPS = "cost/steps_total"
SPLITS: dict[str, Split] = {"test": "test", "val": "validation"}
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
    """What is known of single runs, by their names; values are of what each is judged by."""

    rows: Mapping[str, Row]  # of finished ones
    last: Mapping[str, Mapping[str, float]]  # by split; those of runs that diverged too
    split_of: Mapping[str, str]  # that a run is judged on: test, where it has a value there, else val
    best: Mapping[str, float]
    validation: Mapping[str, float]
    pruned: Mapping[str, float]
    examples: Mapping[str, Mapping[str, ExampleOutcomes]]  # by split
    candidates: Mapping[str, frozenset[int]]  # looks that the best checkpoint was chosen among
    confidence: float


def _known(results: Results, runs: list[RunOfPlan]) -> KnownRuns:
    outcome_of = {run.twin: run.outcome for run in runs if run.twin} | {run.name: run.outcome for run in runs}
    gone = {run.name: run.outcome.chance for run in runs if run.state == "diverged" and run.outcome.chance is not None}
    metrics = {outcome.metric for outcome in outcome_of.values()}
    names = [*(name.format(split=split, metric=metric) for name in (LAST, BEST, PRUNED) for metric in metrics
               for split in SPLITS),
             *(name.format(split=split) for name in (LOSS, PERPLEXITY) for split in SPLITS),
             DEAD, NONZERO, PRUNABLE, REACHED, STEPS]  # fmt: skip
    found = results.runs[["run", *(name for name in dict.fromkeys(names) if name in results.runs)]]
    rows: dict[str, Row] = {row["run"]: row for row in found.to_dict("records")}

    def of(name: str, split: str = "test") -> dict[str, float]:
        told = {run: rows[run].get(name.format(split=split, metric=one.metric), nan)
                for run, one in outcome_of.items() if run in rows}  # fmt: skip
        return {run: value for run, value in told.items() if isfinite(value)}

    tested, validated = of(LAST), of(LAST, "val")
    best = of(BEST)
    return KnownRuns(
        rows, {"test": tested | gone, "val": validated | gone},
        dict.fromkeys(validated, "val") | dict.fromkeys(tested, "test"), best | gone, validated | gone, of(PRUNED),
        {split: {run: one for run, one in results.examples.items()
                 if one.split == split and run in outcome_of and one.metric == outcome_of[run].metric}
         for split in SPLITS},
        candidates(results) if best else {}, results.confidence,
    )  # fmt: skip


def _cell(one: Series, asked: float | None, runs: list[RunOfPlan], known: KnownRuns) -> Cell:
    runs, rows, confidence = sorted(runs, key=lambda run: run.seed), known.rows, known.confidence
    finished = [run for run in runs if run.state == "finished"]
    diverged = sum(run.state == "diverged" for run in runs)
    outcome, split = runs[0].outcome, _split(runs, known)
    values, last, examples = possible_values(outcome), known.last[split], known.examples[split]
    ours = outcomes((run.seed, last[run.name], examples.get(run.name)) for run in runs if run.name in last)
    pairs, twins = _paired(runs, last, examples)
    to_twins = pairs.minus(twins)
    validation = _by_seed(runs, known.validation)
    reached = _mean(finished, rows, REACHED)
    return Cell(
        one, outcome, SPLITS[split], _sparsity(asked, reached), runs[0].target, tuple(run.name for run in finished),
        ours, to_twins,
        twins=fmean(twins.by_seed.values()) if twins.by_seed else None,
        planned=len(runs), failed=diverged + sum(run.state == "failed" for run in runs), diverged=diverged,
        missing=sum(run.state == "missing" for run in runs),
        value=estimate(list(ours.by_seed.values()), confidence, values),
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
        prunable=_mean(finished, rows, PRUNABLE),
        reached=reached,
        round=runs[0].round,
    )  # fmt: skip


def _split(runs: list[RunOfPlan], known: KnownRuns) -> str:
    """Whose values these runs have: those on the validation split where none has any on the test split."""
    found = {known.split_of[run.name] for run in runs if run.name in known.split_of}
    return "val" if found == {"val"} else "test"


def _best_difference(runs: list[RunOfPlan], outcome: OutcomeEntry, known: KnownRuns) -> Estimate | None:
    """None unless every run and its twin chose among the same looks: more to choose from is an advantage. What
    diverged is at chance level whatever it could choose."""
    if any(known.candidates.get(run) != known.candidates.get(twin) for _, run, twin in _pairs(runs, known.rows)):
        return None
    pairs, twins = _paired(runs, known.best, {})
    return pairs.minus(twins).estimate(known.confidence, possible_change(outcome))


def _paired(
    runs: list[RunOfPlan], values: Mapping[str, float], examples: Mapping[str, ExampleOutcomes]
) -> tuple[Outcomes, Outcomes]:
    """The runs that have a value and whose twins have one too, and those twins."""
    pairs = _pairs(runs, values)
    return (outcomes((seed, values[run], examples.get(run)) for seed, run, _ in pairs),
            outcomes((seed, values[twin], examples.get(twin)) for seed, _, twin in pairs))  # fmt: skip


def _pairs(runs: list[RunOfPlan], there: Container[str]) -> list[tuple[int, str, str]]:
    """Seed, name and twin's name of the runs that are there together with their twins."""
    twinned = [(run.seed, run.name, run.twin) for run in runs if run.twin is not None]
    return [(seed, run, twin) for seed, run, twin in twinned if run in there and twin in there]


def _sparsity(asked: float | None, reached: float | None) -> float:
    """Of a cell whose sparsity was left to chance or a threshold: what it came to."""
    return asked if asked is not None else round(reached or 0.0, 4)


def _by_seed(runs: list[RunOfPlan], values: Mapping[str, float]) -> list[float]:
    return list(per_seed((run.seed, values[run.name]) for run in runs if run.name in values).values())


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
