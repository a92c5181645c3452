"""Results by the data that trials learn from: accuracies over different data are not held against each other."""

from dataclasses import replace

from dashboards.plan_file import TrialEntry
from dashboards.read.results import Results


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
    return replace(results, plan=results.plan.model_copy(update={"trials": trials}), runs=runs[had])
