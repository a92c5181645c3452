"""The rule of `adaptive`: set weights to zero repeatedly, and measure whether they come back or are chosen again.

A control chooses weights in the same way and leaves them alone: it shows how often ranking alone repeats a choice.
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
REVIVAL_STEPS = (1, 10, 100)  # steps after an application at which revival is measured
UNTOUCHED = 32_767  # the largest int16: marks weights that the latest application did not choose


class AdaptiveRule(PruningRule):
    """A rule that sets the lowest-scored weights to zero at `applications` evenly spaced positions up to `end`.

    The schedule gives the sparsity of each application, and the last one lands on `to` exactly. `held` says from when
    on these weights stay zero: `at_once` from their own application, `at_last` from the last one, `never`. Weights that
    are not held move again at the next step, and all weights compete at the next application. `unzeroed`: weights are
    chosen in the same way and left alone."""

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
    def application_positions(self) -> tuple[int, ...]:
        """The positions at which weights are set to zero, ascending."""
        length, count = self.end - self.begin, self.applications
        return tuple(self.begin + number * length // count for number in range(1, count + 1))

    @property
    def revival_positions(self) -> dict[int, int]:
        """The positions at which revival is measured -> steps since the application before."""
        if self.held == "unzeroed":
            return {}
        return {
            position + steps: steps
            for position, following in pairwise((*self.application_positions, self.end + max(REVIVAL_STEPS)))
            for steps in REVIVAL_STEPS
            if position + steps <= following
        }

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        return tuple(sorted({*self.application_positions, *self.revival_positions}))

    @property
    def looks(self) -> frozenset[int]:
        """See Rule."""
        return frozenset(self.application_positions)

    def target_at(self, position: int) -> float:
        """The sparsity of the application at `position`, one of `application_positions`."""
        number = self.application_positions.index(position) + 1
        return self.to * fraction(self.schedule, number / self.applications, self.to)

    def sparsity_at(self, position: int) -> float:
        """See PruningRule."""
        past = [application for application in self.application_positions if application <= position]
        if self.held in ("never", "unzeroed") or not past or (self.held == "at_last" and past[-1] < self.end):
            return 0.0
        return self.target_at(past[-1])

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import budget_at, budget_on_the_way
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import select

        state, position, memory = context.state, context.position, context.memory
        zeroing = Zeroing.from_memory(memory) if memory.facts else Zeroing.new(state.weights)
        if position in self.revival_positions:
            zeroing.measure_revival(state.weights, self.revival_positions[position])
        if position in self.application_positions:
            target, allocation, dense = self.target_at(position), self.allocation, self.dense_layers
            if self.held == "at_once":
                budget = budget_on_the_way(state.layers, target, self.to, allocation, dense, state.kept_counts)
            else:
                budget = budget_at(state.layers, target, allocation, dense)
            weight_scores = scores(self.criterion, state.weights, state, context.data.train, context.seed)
            masks = select(weight_scores, budget, state.masks, context.seed)
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

    since: dict[str, Tensor]  # layer name -> int16: the first application, from 1, of the unbroken series of
    # applications up to the latest that chose the weight; UNTOUCHED if the latest did not choose it
    steps: list[int] = field(default_factory=list)  # of each application
    counts: list[int] = field(default_factory=list)  # weights that each application chose
    figures: list[tuple[int, dict[str, float]]] = field(default_factory=list)  # step of an application, metric -> value

    @classmethod
    def new(cls, weights: Mapping[str, Tensor]) -> Zeroing:
        """Before the first application."""
        import torch

        return cls({name: torch.full_like(weight, UNTOUCHED, dtype=torch.int16) for name, weight in weights.items()})

    @classmethod
    def from_memory(cls, memory: RuleState) -> Zeroing:
        """From the rule's state after earlier applications."""
        return cls(memory.group("since"), [*memory.facts["steps"]], [*memory.facts["counts"]])

    def apply(self, zeroed: Mapping[str, Tensor], step: int) -> None:
        """Add an application that chooses the weights `zeroed`, layer name -> bool.

        `weight_revival/survived_next`: of the weights zeroed at the application before, the fraction not chosen now."""
        repeats = sum(int((zeroed[name] & (since < UNTOUCHED)).sum()) for name, since in self.since.items())
        if self.counts:
            self._record(-1, "weight_revival/survived_next", self.counts[-1] - repeats)
        number = len(self.counts) + 1
        self.since = {name: since.clamp(max=number).masked_fill(~zeroed[name], UNTOUCHED)
                      for name, since in self.since.items()}  # fmt: skip
        self.steps.append(step)
        self.counts.append(sum(int(mask.sum()) for mask in zeroed.values()))

    def end(self) -> None:
        """Close the series after the last application.

        `weight_death/permanent`, for each application but the last: of the weights zeroed there, the fraction zeroed at
        every later application too."""
        for index in range(len(self.counts) - 1):
            count = sum(int((since <= index + 1).sum()) for since in self.since.values())
            self._record(index, "weight_death/permanent", count)

    def measure_revival(self, weights: Mapping[str, Tensor], steps: int) -> None:
        """Measure `steps` steps after the latest application.

        `weight_revival/after_<steps>`: of the weights zeroed there, the fraction nonzero now."""
        count = sum(int(((since < UNTOUCHED) & (weights[name] != 0)).sum()) for name, since in self.since.items())
        self._record(-1, f"weight_revival/after_{steps}", count)

    def _record(self, index: int, metric: str, count: int) -> None:
        """Record `count` as a fraction of the weights zeroed at an application, unless it zeroed none."""
        if self.counts[index]:
            self.figures.append((self.steps[index], {metric: count / self.counts[index]}))
