"""The difference between a plan and the plan of its folder's last run."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.plan.planning import Plan
from orchestrator.store.folders import SweepFolder, near
from orchestrator.store.plan_file import read


def changes(plan: Plan, folder: SweepFolder) -> tuple[str, ...]:
    """Sentences on the trials that are new, kept and no longer planned; none if nothing changed or nothing ran."""
    if (last := read(folder)) is None:  # a damaged plan.json is no error, since a run replaces it
        return ()
    old_settings = {trial.key: trial.settings for trial in last.trials}
    new_settings = {planned.key: planned.settings for planned in plan.trials}
    old_subject, new_subject = _subject(last.question, old_settings), _subject(plan.question, new_settings)
    common = new_settings.keys() & old_settings.keys()
    added, dropped = new_settings.keys() - common, old_settings.keys() - common
    if not common and new_subject != old_subject:
        return (
            f"warning: {near(folder.path)} holds another sweep with this name: it asks {old_subject}, this one asks "
            f"{new_subject}, and they share no trial; its results stay, but its plan and its report are replaced; "
            f"to keep both, give this sweep another name, e.g. name: {plan.name[:60]}-2",
        )
    if not added and not dropped:
        return ()
    remark = f" (their results stay in {near(folder.path)}; reports leave them out and count them)" if dropped else ""
    return (
        f"{plan.name} has changed since it was last run: {_trials(added)} new, {len(common):,} kept, "
        f"{len(dropped):,} no longer planned{remark}",
    )


def _trials(keys: Iterable[str]) -> str:
    count = len(list(keys))
    return f"{count:,} trial is" if count == 1 else f"{count:,} trials are"


def _subject(question: str | None, settings: Mapping[str, Mapping[str, Any]]) -> str:
    """The question; without one, the workloads and methods. `settings` are those of the trials, by key."""
    if question:
        return json.dumps(question, ensure_ascii=False)
    workloads, methods = (
        ", ".join(sorted({trial[group]["name"] for trial in settings.values()})) for group in ("workload", "method")
    )
    return f"about {workloads} with {methods}"
