"""A plan as people and programs see it: with the state of every trial filled in."""

from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestrator.earlier import changes
from orchestrator.folders import SweepFolder
from orchestrator.journal import State, result, state
from orchestrator.plan import Plan, Planned

WIDTH = 160  # columns of the table at most


def filled_in(plan: Plan, folder: SweepFolder) -> dict[str, Any]:
    """plan.json with every trial's state, error, its cause and log as its folder shows them."""
    written = plan.as_json()
    for trial in written["trials"]:
        place = folder.trial(trial["key"])
        ended = result(place)
        trial["state"] = state(place)
        trial["error"] = ended.error if ended else None
        trial["cause"] = ended.cause if ended else None
        trial["log"] = str(place.log) if place.log.exists() else None
    return written


def text(plan: Plan, folder: SweepFolder) -> str:
    """One line for the trials that differ in their seeds alone, what all come to, and what changed since last time."""
    states = {planned.key: state(folder.trial(planned.key)) for planned in plan.trials}
    alike: dict[str, list[Planned]] = {}
    for planned in plan.trials:
        alike.setdefault(planned.trial.label, []).append(planned)
    table = Table(box=None, pad_edge=False)
    table.add_column("trials", overflow="fold")
    for heading in ("seeds", "done", "failed", "steps each", "core time"):
        table.add_column(heading, justify="right")
    for label, trials in alike.items():
        counted = Counter(states[planned.key] for planned in trials)
        numbers = (len(trials), counted["completed"], counted["failed"], f"{trials[0].steps:,}", _duration(trials))
        table.add_row(label, *map(str, numbers))
    console = Console(file=StringIO(), width=WIDTH)
    console.print(table, highlight=False)
    return "\n".join((console.file.getvalue(), _sum(plan, states), *changes(plan, folder)))


def _sum(plan: Plan, states: dict[str, State]) -> str:
    counted = Counter(states.values())
    left = [planned for planned in plan.trials if states[planned.key] not in ("completed", "failed")]
    flops = sum(planned.training_flops for planned in left)
    return (
        f"{plan.name}: {len(plan.trials)} trials ({plan.merged} duplicates merged, {plan.excluded} excluded); "
        f"{counted['completed']} done, {counted['failed']} failed, {len(left)} to run: "
        f"about {_duration(left)} of one core, {flops:.2g} floating-point operations"
    )


def _duration(trials: list[Planned]) -> timedelta:
    """What the trials are estimated to take one after another."""
    return timedelta(seconds=round(sum(planned.estimated_seconds for planned in trials)))
