"""A plan for people: totals, then the trials method by method."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from orchestrator.cli.printing import Column, number, table
from orchestrator.execute.choice import EVERYTHING, Choice
from orchestrator.execute.labels import shared, without
from orchestrator.plan.planning import Plan, Planned
from orchestrator.plan.savings import duration, own_costs, sentences
from orchestrator.store import status
from orchestrator.store.difference import changes
from orchestrator.store.folders import SweepFolder
from orchestrator.store.journal import State
from workloads.cost.estimate import Cost

States = dict[str, State]  # by key


def text(plan: Plan, folder: SweepFolder, width: int, choice: Choice = EVERYTHING) -> str:
    """Totals, what changed since the last run, and a row for each group of trials that differ in their seeds alone."""
    trials = choice.within(plan)
    states = status.states(folder, (planned.key for planned in trials))
    todo = choice.to_run(plan, states, retry_failed=False)
    labels = dict.fromkeys(planned.configuration.label for planned in trials)
    methods = {planned.trial.method.name for planned in trials}
    everywhere = [word for word in shared(labels) if word not in methods] if len(labels) > 1 else []
    totals = _totals(plan, states, choice, everywhere)
    head = (totals, _work(todo, states), *sentences(todo), *changes(plan, folder))
    return "\n".join((*head, "", *_table(trials, states, everywhere, width)))


def _totals(plan: Plan, states: States, choice: Choice, everywhere: Sequence[str]) -> str:
    counts = Counter(states.values())
    chosen = "" if choice.only is None else f"{len(states):,} chosen of "
    trials = "1 trial" if len(plan.trials) == 1 else f"{len(plan.trials):,} trials"
    parts = (
        f"{plan.name}: {chosen}{trials}",
        f"{plan.budget} on every path" if plan.budget else "",
        f"all {' '.join(everywhere)}" if everywhere else "",
        f"{counts['completed']:,} done" if counts["completed"] else "",
        f"{counts['failed']:,} failed" if counts["failed"] else "",
        f"{plan.merged:,} duplicate{'s' if plan.merged > 1 else ''} merged" if plan.merged else "",
        f"{plan.excluded:,} excluded" if plan.excluded else "",
    )
    return ", ".join(filter(None, parts))


def _work(todo: Sequence[Planned], states: States) -> str:
    """The trials that are not done yet, and their cost."""
    if not todo:
        failed = "failed" in states.values()
        return "Nothing to run; --retry-failed runs failed trials again" if failed else "Nothing to run"
    costs = own_costs(todo).values()
    flops = sum(cost.training_flops for cost in costs)
    return f"{len(todo):,} to run: about {_core_time(costs)} of one core, {flops:.2g} floating-point operations"


@dataclass(frozen=True)
class _Row:
    """Trials that differ in their seeds alone; none in the heading of a method."""

    name: str
    trials: Sequence[Planned] = ()


def _rows(trials: Sequence[Planned], everywhere: Sequence[str]) -> Iterator[_Row]:
    """Method by method; where one has several rows, its heading has the words that they share."""
    labels = {planned.configuration.label for planned in trials}
    names = {label: without(label, everywhere) or label for label in labels}
    methods: dict[str, dict[str, list[Planned]]] = {}
    for planned in trials:
        groups = methods.setdefault(planned.trial.method.name, {})
        groups.setdefault(names[planned.configuration.label], []).append(planned)
    for groups in methods.values():
        if len(groups) == 1:
            yield from (_Row(label, group) for label, group in groups.items())
            continue
        heading = shared(groups)
        yield _Row(" ".join(heading))
        yield from (_Row(f"  {without(label, heading)}", group) for label, group in groups.items())


def _table(trials: Sequence[Planned], states: States, everywhere: Sequence[str], width: int) -> list[str]:
    """What several trials share counts for the first of them."""
    rows = list(_rows(trials, everywhere))
    costs = own_costs(trials)
    counts = [Counter(states[planned.key] for planned in row.trials) for row in rows]

    def column(heading: str, cell: Callable[[Sequence[Planned]], str]) -> Column:
        return Column(heading, [cell(row.trials) if row.trials else "" for row in rows])

    columns = (
        Column("trials", [row.name for row in rows], words=True, elastic=True),
        column("seeds", lambda group: f"{len(group):,}"),
        Column("done", [number(count["completed"]) if count else "" for count in counts]),
        Column("failed", [number(count["failed"]) if count else "" for count in counts]),
        column("steps each", lambda group: f"{group[0].steps:,}"),
        column("core time", lambda group: str(_core_time(costs[planned.key] for planned in group))),
    )
    return table(columns, width)


def _core_time(costs: Iterable[Cost]) -> timedelta:
    """The estimate of all, one after another."""
    return duration(sum(cost.estimated_seconds for cost in costs))
