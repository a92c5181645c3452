"""What a plan changes of the one that its folder was last run with."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.plan.planning import Plan
from orchestrator.store.folders import SweepFolder, near
from orchestrator.store.plan_file import read


def changes(plan: Plan, folder: SweepFolder) -> tuple[str, ...]:
    """Sentences about what is new, kept and no longer planned; none where nothing changed or nothing was run."""
    if (before := read(folder)) is None:  # it can be made anew at any time
        return ()
    settings = {trial.key: trial.settings for trial in before.trials}
    asked = _about(before.question, settings.values())
    now = {planned.key: planned.trial.settings() for planned in plan.trials}
    asks = _about(plan.question, now.values())
    kept = now.keys() & settings.keys()
    added, dropped = now.keys() - kept, settings.keys() - kept
    if not kept and asks != asked:
        return (
            f"warning: {near(folder.path)} holds another sweep of this name: it asked {asked}, this one asks {asks}, "
            "and they have no trial in common; the results there stay, its plan and its report are replaced; "
            f"give this sweep a name of its own to keep both, e.g. name: {plan.name[:60]}-2",
        )
    if not added and not dropped:
        return ()
    left = f" (their results stay in {near(folder.path)}; reports leave them out and count them)" if dropped else ""
    return (
        f"{plan.name} has changed since it was last run: {_trials(added)} new, {len(kept):,} kept, "
        f"{len(dropped):,} no longer planned{left}",
    )


def _trials(keys: Iterable[str]) -> str:
    count = len(list(keys))
    return f"{count:,} trial is" if count == 1 else f"{count:,} trials are"


def _about(question: str | None, settings: Iterable[Mapping[str, Any]]) -> str:
    """The question, or else what is trained."""
    if question:
        return json.dumps(question, ensure_ascii=False)
    names = [(each["workload"]["name"], each["method"]["name"]) for each in settings]
    workloads, methods = (", ".join(sorted(set(each))) for each in zip(*names, strict=True))
    return f"about {workloads} with {methods}"
