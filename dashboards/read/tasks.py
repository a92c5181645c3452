"""Results by task: results on different data, or in different outcomes, are never compared."""

from collections.abc import Iterator
from dataclasses import replace

from dashboards.plan_file import OutcomeEntry, TrialEntry, judged_by
from dashboards.read.results import Results


def by_task(results: Results) -> list[tuple[str, Results]]:
    """The results on each data set and in each outcome, with names that distinguish them."""
    sets = by_data(results)
    return [
        (", ".join(name for name in (data if len(sets) > 1 else "", title) if name), part)
        for data, on_data in sets.items()
        for title, part in _named(by_outcome(on_data))
    ]  # fmt: skip


def by_outcome(results: Results) -> list[tuple[OutcomeEntry, Results]]:
    """The results in each outcome, in the order of the plan."""
    if len(results.outcomes) < 2:
        return [(results.outcome, results)]
    trials = [(trial, judged_by(trial, results.plan.report).kind) for trial in results.plan.trials]
    return [(outcome, _only(results, tuple(trial for trial, kind in trials if kind == outcome.kind)))
            for outcome in results.outcomes]  # fmt: skip


def _named(parts: list[tuple[OutcomeEntry, Results]]) -> Iterator[tuple[str, Results]]:
    titles = [outcome.title for outcome, _ in parts]
    for outcome, part in parts:
        title = outcome.title if titles.count(outcome.title) == 1 else f"{outcome.title} ({outcome.metric})"
        yield title if len(parts) > 1 else "", part


def by_data(results: Results) -> dict[str, Results]:
    """The results on each data set, by its declared name and version, in the order of the plan."""
    trials = results.plan.trials
    names = list(dict.fromkeys(trial.settings["data"] for trial in trials))
    if len(names) < 2:
        return {"".join(names): results}
    return {name: _only(results, tuple(trial for trial in trials if trial.settings["data"] == name)) for name in names}


def _only(results: Results, trials: tuple[TrialEntry, ...]) -> Results:
    """The results of these trials. Runs without a trial stay, since they are twins; metrics without values go."""
    keys = {trial.key for trial in trials}
    runs = results.runs[results.runs["trial_key"].isin(keys) | results.runs["trial_key"].isna()]
    columns = [name for name in runs if "/" not in name or runs[name].notna().any()]
    curves = results.curves[results.curves["run"].isin(runs["run"])]
    plan = results.plan.model_copy(update={"trials": trials})
    return replace(results, plan=plan, runs=runs[columns], curves=curves)
