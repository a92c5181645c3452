"""A plan as people and programs see it: with the state of every trial filled in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestrator.choice import EVERYTHING, Choice
from orchestrator.cost import Cost
from orchestrator.earlier import changes
from orchestrator.folders import SweepFolder
from orchestrator.journal import State, result, state
from orchestrator.plan import Plan, Planned
from orchestrator.savings import own_costs, savings

WIDTH = 160  # columns of the table at most
ENDLESS = 10**13  # seconds: a timedelta cannot hold much more


def filled_in(plan: Plan, folder: SweepFolder, choice: Choice = EVERYTHING) -> dict[str, Any]:
    """plan.json with what sharing saves, and with what its folder shows of every trial: state, error, log, numerics."""
    chosen = choice.within(plan)
    written = replace(plan, trials=chosen).as_json() | {"sharing": asdict(savings(chosen))}
    for trial in written["trials"]:
        place = folder.trial(trial["key"])
        ended = result(place)
        trial["state"] = state(place)
        trial["error"] = ended.error if ended else None
        trial["cause"] = ended.cause if ended else None
        trial["log"] = str(place.log) if place.log.exists() else None
        trial["numerics"] = ended.provenance.get("numerics") if ended else None
    return written


def text(plan: Plan, folder: SweepFolder, choice: Choice = EVERYTHING) -> str:
    """One line for the trials that differ in their seeds alone, what all come to, and what changed since last time.

    What trials share is counted with the first of them.
    """
    chosen = choice.within(plan)
    states = {planned.key: state(folder.trial(planned.key)) for planned in chosen}
    own = own_costs(chosen)
    alike: dict[str, list[Planned]] = {}
    for planned in chosen:
        alike.setdefault(planned.trial.label, []).append(planned)
    table = Table(box=None, pad_edge=False)
    table.add_column("trials", overflow="fold")
    for heading in ("seeds", "done", "failed", "steps each", "core time"):
        table.add_column(heading, justify="right")
    for label, trials in alike.items():
        counted = Counter(states[planned.key] for planned in trials)
        core_time = _core_time(own[planned.key] for planned in trials)
        numbers = (len(trials), counted["completed"], counted["failed"], f"{trials[0].steps:,}", core_time)
        table.add_row(label, *map(str, numbers))
    console = Console(file=StringIO(), width=WIDTH)
    console.print(table, highlight=False)
    lines = (*shared(chosen), _sum(plan, states, choice), *changes(plan, folder))
    return "\n".join((console.file.getvalue(), *lines))


def shared(trials: Sequence[Planned]) -> list[str]:
    """A line on what these trials share and what it saves; none where they share nothing."""
    saved = savings(trials)
    if not saved.networks:
        return []
    seconds, alone = (_duration(each) for each in (saved.estimated_seconds, saved.estimated_seconds_alone))
    networks = "1 network" if saved.networks == 1 else f"{saved.networks:,} networks"
    return [
        f"{saved.trials:,} trials share {networks} on their way: {saved.steps:,} steps are trained instead of "
        f"{saved.steps_alone:,}, in about {seconds} of one core instead of {alone}"
    ]


def _sum(plan: Plan, states: dict[str, State], choice: Choice) -> str:
    counted = Counter(states.values())
    left = own_costs(choice.to_run(plan, states, retry_failed=False))
    flops = sum(cost.training_flops for cost in left.values())
    chosen = "" if choice.only is None else f"{len(states)} chosen of "
    return (
        f"{plan.name}: {chosen}{len(plan.trials)} trials ({plan.merged} duplicates merged, {plan.excluded} excluded); "
        f"{counted['completed']} done, {counted['failed']} failed, {len(left)} to run: "
        f"about {_core_time(left.values())} of one core, {flops:.2g} floating-point operations"
    )


def _core_time(costs: Iterable[Cost]) -> timedelta:
    """What is estimated for one after another."""
    return _duration(sum(cost.estimated_seconds for cost in costs))


def _duration(seconds: float) -> timedelta:
    return timedelta(seconds=min(round(seconds), ENDLESS))
