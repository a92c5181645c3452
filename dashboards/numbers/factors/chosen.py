"""Results with each method at its own best settings of what the spec tunes, chosen on validation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from dashboards import schema
from dashboards.numbers.cells.cells import cells
from dashboards.plan_file import TrialEntry
from dashboards.read.results import Results
from dashboards.read.series import flattened

Settings = frozenset[tuple[str, Any]]  # dotted names and values


def chosen(results: Results) -> Results:
    """The trials with the best tuned settings of each method and sparsity, the dense network included.

    The best has the highest mean validation outcome over seeds at the last step; all seeds share the choice. A trial is
    then paired with the chosen twin of its seed. The tuned settings leave the trials, so that a method is one series.
    Without `report.tune`, and where a choice would be blind, all trials stay.
    """
    if "chosen" not in results.derived:
        results.derived["chosen"] = _chosen(results, results.plan.report.tune or ())
    return results.derived["chosen"]


def _chosen(results: Results, tuned: Sequence[str]) -> Results:
    if not tuned:
        return results
    scores = _scores(results)
    choices: dict[Settings, dict[Settings, list[TrialEntry]]] = {}
    for trial in results.plan.trials:
        settings = _without(flattened(trial.settings), (schema.SEED,))
        rest = frozenset(_without(settings, tuned).items())
        choices.setdefault(rest, {}).setdefault(frozenset(settings.items()), []).append(trial)
    kept: dict[str, str] = {}  # the chosen trial of the same seed, by any trial's key
    for options in choices.values():
        best = _best(list(options.values()), scores)
        if best is None:
            return results
        by_seed = {trial.settings[schema.SEED]: trial.key for trial in best}
        kept |= {trial.key: by_seed.get(trial.settings[schema.SEED], trial.key)
                 for trials in options.values() for trial in trials}  # fmt: skip
    trials = tuple(_stripped(trial, tuned, kept) for trial in results.plan.trials if kept[trial.key] == trial.key)
    runs = results.runs[results.runs["trial_key"].isin({trial.key for trial in trials})]
    runs = runs.assign(twin=[_twin(twin, kept) for twin in runs["twin"]])
    curves = results.curves[results.curves["run"].isin(runs["run"])]
    plan = results.plan.model_copy(update={"trials": trials})
    return replace(results, plan=plan, runs=runs, curves=curves)


def _scores(results: Results) -> dict[str, float]:
    """The score of each trial's setting on validation; for a ladder the mean over its rungs."""
    trial_of = dict(zip(results.runs["run"], results.runs["trial_key"], strict=True))
    scores: dict[str, list[float]] = {}
    for cell in cells(results):
        if cell.score is not None and not cell.series.control:
            for key in {trial_of[run] for run in cell.runs}:
                scores.setdefault(key, []).append(cell.score)
    return {key: fmean(values) for key, values in scores.items()}


def _best(options: list[list[TrialEntry]], scores: Mapping[str, float]) -> list[TrialEntry] | None:
    """The trials of the best setting; None if there is a choice and nothing to choose by."""
    known = [(scores[trial.key], place) for place, trials in enumerate(options) for trial in trials
             if trial.key in scores]  # fmt: skip
    if len(options) > 1 and not known:
        return None
    return options[max(known, key=lambda pair: (pair[0], -pair[1]))[1]] if known else options[0]


def _without(settings: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in names}


def _stripped(trial: TrialEntry, tuned: Sequence[str], kept: Mapping[str, str]) -> TrialEntry:
    runs = tuple(run.model_copy(update={"twin": _twin(run.twin, kept)}) for run in trial.runs)
    twin = trial.twin and kept.get(trial.twin, trial.twin)
    return trial.model_copy(update={"settings": _cut(trial.settings, tuned), "twin": twin, "runs": runs})


def _cut(settings: Mapping[str, Any], tuned: Sequence[str], prefix: str = "") -> dict[str, Any]:
    """Nested settings without those of the dotted names."""
    return {name: _cut(value, tuned, f"{prefix}{name}.") if isinstance(value, Mapping) else value
            for name, value in settings.items() if prefix + name not in tuned}  # fmt: skip


def _twin(name: str | None, kept: Mapping[str, str]) -> str | None:
    """The twin of the chosen trial in place of that of another."""
    if not isinstance(name, str):
        return None
    key, _, label = name.partition("/")
    return f"{kept.get(key, key)}/{label}"
