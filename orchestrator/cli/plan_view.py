"""A plan as people see it: with the state of every trial filled in."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from rich.table import Table

from orchestrator.cli.printing import lines
from orchestrator.execute.choice import EVERYTHING, Choice
from orchestrator.plan.planning import Plan, Planned
from orchestrator.plan.savings import duration, own_costs, sentences
from orchestrator.store.difference import changes
from orchestrator.store.folders import SweepFolder
from orchestrator.store.journal import State, state
from workloads.cost.estimate import Cost


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
    below = (*sentences(chosen), _sum(plan, states, choice), *changes(plan, folder))
    return "\n".join((*lines(table), "", *below))


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
    return duration(sum(cost.estimated_seconds for cost in costs))
