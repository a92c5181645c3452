"""The trials of a plan that `--only` and `--force` select by the beginnings of their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestrator.plan.planning import Plan, Planned
from orchestrator.store.journal import State
from orchestrator.store.lookup import one_of


@dataclass(frozen=True)
class Choice:
    """The trials that a sweep runs, and those that it runs again even if they are done."""

    only: frozenset[str] | None = None  # keys, twins included; None: all
    force: frozenset[str] = field(default_factory=frozenset)  # keys

    def within(self, plan: Plan) -> tuple[Planned, ...]:
        """The selected trials, in the plan's order."""
        return tuple(planned for planned in plan.trials if self.only is None or planned.key in self.only)

    def to_run(self, plan: Plan, states: dict[str, State], retry_failed: bool) -> list[Planned]:
        """The selected trials that are not done, and the forced ones."""
        settled = {"completed"} if retry_failed else {"completed", "failed"}
        return [
            planned for planned in self.within(plan) if planned.key in self.force or states[planned.key] not in settled
        ]

    def forcing(self, trials: Iterable[Planned]) -> Choice:
        """The same selection plus these trials, forced."""
        keys = {planned.key for planned in trials}
        return Choice(None if self.only is None else self.only | keys, self.force | keys)


EVERYTHING = Choice()


def choice(plan: Plan, only: Sequence[str], force: Sequence[str]) -> Choice:
    """Resolve the beginnings of keys. Raises UsageError where one fits no trial, or several.

    `only` selects each trial's twin too, since results are differences to it; `force` forces the named trials alone.
    """
    trials = {planned.key: planned for planned in plan.trials}
    selected, forced = ([one_of(trials, start, plan.name) for start in starts] for starts in (only, force))
    twins = [twin for key in selected if (twin := trials[key].twin)]
    return Choice(frozenset([*selected, *twins, *forced]) if only else None, frozenset(forced))
