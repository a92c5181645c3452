"""Results task by task: figures over different data, or of different outcomes, are not held against each other."""

from collections.abc import Iterator
from dataclasses import replace

from dashboards.plan_file import OutcomeEntry, TrialEntry, judged_by
from dashboards.read.results import Results


def by_task(results: Results) -> list[tuple[str, Results]]:
    """The results on each data set and in each outcome, under names that tell them apart."""
    sets = by_data(results)
    return [
        (", ".join(part for part in (data if len(sets) > 1 else "", named) if part), part_of)
        for data, own in sets.items()
        for named, part_of in _named(by_outcome(own))
    ]  # fmt: skip


def by_outcome(results: Results) -> list[tuple[OutcomeEntry, Results]]:
    """The results in each outcome, in the order of the plan."""
    if len(results.outcomes) < 2:
        return [(results.outcome, results)]
    trials = [(trial, judged_by(trial, results.plan.report).kind) for trial in results.plan.trials]
    return [(outcome, _only(results, tuple(trial for trial, kind in trials if kind == outcome.kind)))
            for outcome in results.outcomes]  # fmt: skip


def _named(found: list[tuple[OutcomeEntry, Results]]) -> Iterator[tuple[str, Results]]:
    titles = [outcome.title for outcome, _ in found]
    for outcome, own in found:
        title = outcome.title if titles.count(outcome.title) == 1 else f"{outcome.title} ({outcome.metric})"
        yield title if len(found) > 1 else "", own


def by_data(results: Results) -> dict[str, Results]:
    """The results on each data set by its declared name and version, in the order of the plan."""
    trials = results.plan.trials
    names = list(dict.fromkeys(trial.settings["data"] for trial in trials))
    if len(names) < 2:
        return {"".join(names): results}
    return {name: _only(results, tuple(one for one in trials if one.settings["data"] == name)) for name in names}


def _only(results: Results, trials: tuple[TrialEntry, ...]) -> Results:
    """Runs of no trial stay, since they are twins; metrics that no run is left to have go."""
    keys = {trial.key for trial in trials}
    runs = results.runs[results.runs["trial_key"].isin(keys) | results.runs["trial_key"].isna()]
    had = [name for name in runs if "/" not in name or runs[name].notna().any()]
    curves = results.curves[results.curves["run"].isin(runs["run"])]
    plan = results.plan.model_copy(update={"trials": trials})
    return replace(results, plan=plan, runs=runs[had], curves=curves)
