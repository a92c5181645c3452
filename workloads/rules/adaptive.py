"""Set weights to zero time and again, and find out what becomes of them: whether they come back, or are chosen again.

Where the rule chooses weights and leaves them alone, the second tells what ranking alone does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from workloads.script.rules import PruningRule
from workloads.script.schedules import Cubic, Linear, fraction
from workloads.settings import Sparsity

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.network.rule_context import RuleContext
    from workloads.network.rule_state import RuleState

Applications = Annotated[int, Field(ge=1, le=1000, description="how often weights are set to zero")]
LATER = (1, 10, 100)  # steps after an application at which it is looked at what has come back
LEFT = 32_767  # the largest int16: stands for weights that were not set to zero at the latest application


class AdaptiveRule(PruningRule):
    """A rule: in `applications` stretches from `begin` to `end`, set the smallest weights to zero at the end of each.

    As many as the schedule says; the last application lands on the sparsity `to` exactly. `held` says from when on
    they stay zero: from their own application, from the last one, or never. Weights that are not held move on at the
    next step, and all compete again at the next application. `unzeroed` weights are chosen alike and left alone."""

    name: Literal["adaptive"] = "adaptive"
    to: Sparsity
    schedule: Annotated[Cubic | Linear, Field(discriminator="name")]
    held: Literal["at_once", "at_last", "never", "unzeroed"]
    begin: NonNegativeInt
    end: PositiveInt  # so many steps after `begin` that no two applications fall on one
    applications: Applications

    @property
    def applied(self) -> tuple[int, ...]:
        """After how many steps of the training weights are set to zero, ascending."""
        length, count = self.end - self.begin, self.applications
        return tuple(self.begin + number * length // count for number in range(1, count + 1))

    @property
    def later(self) -> dict[int, int]:
        """Where it is looked at what has come back, and how many steps that is after the last application."""
        if self.held == "unzeroed":
            return {}
        return {
            one + steps: steps
            for one, next_one in pairwise((*self.applied, self.end + max(LATER)))
            for steps in LATER
            if one + steps <= next_one
        }

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        return tuple(sorted({*self.applied, *self.later}))

    @property
    def looks(self) -> frozenset[int]:
        """See Rule."""
        return frozenset(self.applied)

    def target_at(self, position: int) -> float:
        """The sparsity to set weights to zero to after `position` steps, one of `applied`."""
        number = self.applied.index(position) + 1
        return self.to * fraction(self.schedule, number / self.applications, self.to)

    def sparsity_at(self, position: int) -> float:
        """See PruningRule."""
        done = [one for one in self.applied if one <= position]
        if self.held in ("never", "unzeroed") or not done or (self.held == "at_last" and done[-1] < self.end):
            return 0.0
        return self.target_at(done[-1])

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import kept_at, kept_on_the_way
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import chosen

        state, position, memory = context.state, context.position, context.memory
        zeroing = Zeroing.remembered(memory) if memory.facts else Zeroing.none_yet(state.weights)
        if position in self.later:
            zeroing.look(state.weights, self.later[position])
        if position in self.applied:
            target = self.target_at(position)
            if self.held == "at_once":
                kept = kept_on_the_way(
                    state.layers, target, self.to, self.allocation, self.dense_layers, state.kept_counts
                )
            else:
                kept = kept_at(state.layers, target, self.allocation, self.dense_layers)
            scored = scores(self.criterion, state.weights, state, context.data.train, context.seed)
            masks = chosen(scored, kept, state.masks, context.seed)
            if self.held == "at_once" or self.held == "at_last" and position == self.end:
                state.put_masks(masks)
            elif self.held != "unzeroed":
                state.zero(masks)
            zeroing.apply({name: ~mask for name, mask in masks.items()}, state.step)
            if position == self.end:
                zeroing.end()
        facts = {"steps": zeroing.steps, "counts": zeroing.counts}
        return RuleState(self.name, grouped("since", zeroing.since), facts, tuple(zeroing.found))


@dataclass
class Zeroing:
    """The applications of a rule so far, each of which sets the weights that it chooses to zero."""

    since: dict[str, Tensor]  # layer name -> int16: the application, from 1, since which each one has chosen a weight
    steps: list[int] = field(default_factory=list)  # of each application
    counts: list[int] = field(default_factory=list)  # weights that each set to zero
    found: list[tuple[int, dict[str, float]]] = field(default_factory=list)  # step of an application, figures

    @classmethod
    def none_yet(cls, weights: Mapping[str, Tensor]) -> Zeroing:
        """Before the first application."""
        import torch

        return cls({name: torch.full_like(weight, LEFT, dtype=torch.int16) for name, weight in weights.items()})

    @classmethod
    def remembered(cls, memory: RuleState) -> Zeroing:
        """After the applications so far."""
        return cls(memory.group("since"), [*memory.facts["steps"]], [*memory.facts["counts"]])

    def apply(self, zeroed: Mapping[str, Tensor], step: int) -> None:
        """Take in the weights, layer name -> bool, that an application sets to zero.

        `weight_revival/survived_next`: of those zeroed at the application before, the fraction not chosen now."""
        chosen_again = sum(int((zeroed[name] & (since < LEFT)).sum()) for name, since in self.since.items())
        if self.counts:
            self._find(-1, "weight_revival/survived_next", self.counts[-1] - chosen_again)
        number = len(self.counts) + 1
        self.since = {name: since.clamp(max=number).masked_fill(~zeroed[name], LEFT)
                      for name, since in self.since.items()}  # fmt: skip
        self.steps.append(step)
        self.counts.append(sum(int(each.sum()) for each in zeroed.values()))

    def end(self) -> None:
        """No application comes after this one.

        `weight_death/permanent`: of those zeroed at each but the last, the fraction zeroed at every later one."""
        for index in range(len(self.counts) - 1):
            always = sum(int((since <= index + 1).sum()) for since in self.since.values())
            self._find(index, "weight_death/permanent", always)

    def look(self, weights: Mapping[str, Tensor], later: int) -> None:
        """`later` steps after the latest application.

        `weight_revival/after_<later>`: of the weights zeroed then, the fraction nonzero now."""
        alive = sum(int(((since < LEFT) & (weights[name] != 0)).sum()) for name, since in self.since.items())
        self._find(-1, f"weight_revival/after_{later}", alive)

    def _find(self, index: int, metric: str, count: int) -> None:
        """A fraction of the weights zeroed at an application; none where it zeroed none."""
        if self.counts[index]:
            self.found.append((self.steps[index], {metric: count / self.counts[index]}))
