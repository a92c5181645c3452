"""Which trials of a plan a command is about: `--only` and `--force` name them by the beginnings of their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestrator.plan.planning import Plan, Planned
from orchestrator.store.journal import State
from orchestrator.store.lookup import one_of


@dataclass(frozen=True)
class Choice:
    """The trials that a sweep is to see to, and which of them begin anew whatever they came to before."""

    only: frozenset[str] | None = None  # keys, twins included; None: all
    force: frozenset[str] = field(default_factory=frozenset)  # keys

    def within(self, plan: Plan) -> tuple[Planned, ...]:
        """The trials to see to, in the plan's order."""
        return tuple(one for one in plan.trials if self.only is None or one.key in self.only)

    def to_run(self, plan: Plan, states: dict[str, State], retry_failed: bool) -> list[Planned]:
        """Those of them that are still to be run, or again."""
        settled = {"completed"} if retry_failed else {"completed", "failed"}
        return [one for one in self.within(plan) if one.key in self.force or states[one.key] not in settled]

    def forcing(self, trials: Iterable[Planned]) -> Choice:
        """The same, and these trials too, which begin anew."""
        keys = {one.key for one in trials}
        return Choice(None if self.only is None else self.only | keys, self.force | keys)


EVERYTHING = Choice()


def choice(plan: Plan, only: Sequence[str], force: Sequence[str]) -> Choice:
    """What is meant by the beginnings of keys. Raises UsageError where one is that of no trial, or of several.

    With a trial comes its twin: what is measured is the difference to it. Only the trials named themselves are forced.
    """
    trials = {planned.key: planned for planned in plan.trials}
    chosen, forced = ([one_of(trials, start, plan.name) for start in starts] for starts in (only, force))
    twins = [twin for key in chosen if (twin := trials[key].twin)]
    return Choice(frozenset([*chosen, *twins, *forced]) if only else None, frozenset(forced))
