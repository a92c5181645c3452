"""Set weights to zero many times during training, and measure whether they return and whether they are chosen again.

The rule can also choose weights and leave them alone: a control for what ranking alone does.
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

Applications = Annotated[int, Field(ge=1, le=1000)]
LATER = (1, 10, 100)  # steps after an application at which revived weights are counted
NOT_CHOSEN = 32_767  # the largest int16: marks weights that the latest application did not choose


class AdaptiveRule(PruningRule):
    """Between `begin` and `end`, set the smallest weights to zero at `applications` evenly spaced positions.

    The schedule gives their number; the last application reaches the sparsity `to` exactly. Weights that are not held
    at zero move on at the next step, and all weights compete at the next application."""

    name: Literal["adaptive"] = "adaptive"
    to: Sparsity
    """The sparsity of the last application, a fraction of all prunable weights."""
    schedule: Annotated[Cubic | Linear, Field(discriminator="name")]
    """The rise of sparsity from the first application to the last."""
    held: Literal["at_once", "at_last", "never", "unzeroed"]
    """When zeros are held: from their application on, from the last application on, or never. Unzeroed means that the
    chosen weights are left as they are."""
    begin: NonNegativeInt
    """The position at which the first stretch begins, in optimizer steps."""
    end: PositiveInt
    """The position of the last application, in optimizer steps, at least `applications` steps after `begin`."""
    applications: Applications
    """The number of times that weights are set to zero."""

    @property
    def applied(self) -> tuple[int, ...]:
        """The positions at which weights are set to zero, in optimizer steps, ascending."""
        length, count = self.end - self.begin, self.applications
        return tuple(self.begin + number * length // count for number in range(1, count + 1))

    @property
    def later(self) -> dict[int, int]:
        """Position -> steps since the last application, where revived weights are counted."""
        if self.held == "unzeroed":
            return {}
        return {
            position + steps: steps
            for position, following in pairwise((*self.applied, self.end + max(LATER)))
            for steps in LATER
            if position + steps <= following
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
        """The sparsity that the application at `position`, one of `applied`, sets."""
        number = self.applied.index(position) + 1
        return self.to * fraction(self.schedule, number / self.applications, self.to)

    def sparsity_at(self, position: int) -> float:
        """See PruningRule."""
        past = [applied for applied in self.applied if applied <= position]
        if self.held in ("never", "unzeroed") or not past or (self.held == "at_last" and past[-1] < self.end):
            return 0.0
        return self.target_at(past[-1])

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import kept_at, kept_on_the_way
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import chosen

        state, position, memory = context.state, context.position, context.memory
        zeroing = Zeroing.remembered(memory) if memory.facts else Zeroing.empty(state.weights)
        if position in self.later:
            zeroing.look(state.weights, self.later[position])
        if position in self.applied:
            target = self.target_at(position)
            if self.held == "at_once":
                kept = kept_on_the_way(state.layers, target, self.to, self.allocation, self.dense_layers, state.kept)
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
        return RuleState(self.name, grouped("since", zeroing.since), facts, tuple(zeroing.figures))


@dataclass
class Zeroing:
    """The applications of a rule so far. Each sets the weights that it chooses to zero."""

    since: dict[str, Tensor]  # layer name -> int16: the application, from 1, since when every one has chosen the weight
    steps: list[int] = field(default_factory=list)  # the step of each application
    counts: list[int] = field(default_factory=list)  # the number of weights that each application chooses
    figures: list[tuple[int, dict[str, float]]] = field(default_factory=list)  # the step of an application, its figures

    @classmethod
    def empty(cls, weights: Mapping[str, Tensor]) -> Zeroing:
        """Before the first application."""
        import torch

        return cls({name: torch.full_like(weight, NOT_CHOSEN, dtype=torch.int16) for name, weight in weights.items()})

    @classmethod
    def remembered(cls, memory: RuleState) -> Zeroing:
        """After the applications so far."""
        return cls(memory.group("since"), [*memory.facts["steps"]], [*memory.facts["counts"]])

    def apply(self, zeroed: Mapping[str, Tensor], step: int) -> None:
        """Add the weights, layer name -> bool, that an application sets to zero.

        `weight_revival/survived_next`: the fraction of the previous application's weights that is not chosen again."""
        chosen_again = sum(int((zeroed[name] & (since < NOT_CHOSEN)).sum()) for name, since in self.since.items())
        if self.counts:
            self._record(-1, "weight_revival/survived_next", self.counts[-1] - chosen_again)
        number = len(self.counts) + 1
        self.since = {name: since.clamp(max=number).masked_fill(~zeroed[name], NOT_CHOSEN)
                      for name, since in self.since.items()}  # fmt: skip
        self.steps.append(step)
        self.counts.append(sum(int(each.sum()) for each in zeroed.values()))

    def end(self) -> None:
        """Close the record after the last application.

        `weight_death/permanent`: the fraction of an application's weights that every later application chooses too."""
        for index in range(len(self.counts) - 1):
            always = sum(int((since <= index + 1).sum()) for since in self.since.values())
            self._record(index, "weight_death/permanent", always)

    def look(self, weights: Mapping[str, Tensor], later: int) -> None:
        """Count revived weights `later` steps after the latest application.

        `weight_revival/after_<later>`: the fraction of that application's weights that is nonzero now."""
        alive = sum(int(((since < NOT_CHOSEN) & (weights[name] != 0)).sum()) for name, since in self.since.items())
        self._record(-1, f"weight_revival/after_{later}", alive)

    def _record(self, index: int, metric: str, count: int) -> None:
        """Record `count` as a fraction of an application's weights; nothing where it chooses none."""
        if self.counts[index]:
            self.figures.append((self.steps[index], {metric: count / self.counts[index]}))
