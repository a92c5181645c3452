"""The rule of `early_bird`: wait until the masks settle, then prune (You et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt

from workloads.script.rules import PruningRule
from workloads.settings import Sparsity

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.network.rule_context import RuleContext
    from workloads.network.rule_state import RuleState

Window = Annotated[int, Field(ge=2)]  # a number of masks
Distance = Annotated[float, Field(ge=0, lt=1)]  # the fraction of entries in which two masks differ

DRAWN = "early_bird/drawn"


class EarlyBirdRule(PruningRule):
    """A rule that prunes once, to the sparsity `to`, as soon as the masks settle.

    At the positions `every`, 2 `every`, ... it computes the masks that pruning would give. They have settled if each of
    the masks of the `window` - 1 positions before differs from them in at most the fraction `tolerance` of all entries.
    At `end` the rule prunes in any case. `early_bird/distance`, recorded until the rule prunes, is the largest of these
    differences."""

    name: Literal["early_bird"] = "early_bird"
    to: Sparsity
    """The sparsity of the ticket, a fraction of all prunable weights."""
    window: Window
    """The number of successive masks that are compared, the newest included."""
    tolerance: Distance
    """The largest difference between masks that counts as settled, a fraction of all entries."""
    every: PositiveInt
    """The number of optimizer steps from one mask to the next."""
    end: PositiveInt
    """The position at which the rule prunes at the latest, in optimizer steps; a multiple of `every`."""

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        return tuple(range(self.every, self.end + 1, self.every))

    def sparsity_at(self, position: int) -> float:
        """See PruningRule: nothing is guaranteed before the end, since the data decide."""
        return self.to if position == self.end else 0.0

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import budget_at
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import select

        state, memory = context.state, context.memory
        if memory.summary.get(DRAWN):
            return memory
        weight_scores = scores(self.criterion, state.weights, state, context.data.train, context.seed)
        budget = budget_at(state.layers, self.to, self.allocation, self.dense_layers)
        masks = select(weight_scores, budget, state.masks, context.seed)
        search = Search([memory.group(f"recent/{number}") for number in range(memory.facts.get("recent", 0))])
        search.add(masks, self.window)
        figures = () if search.distance is None else ((state.step, {"early_bird/distance": search.distance}),)
        settled = search.has_settled(self.tolerance)
        if settled or context.position == self.end:
            state.put_masks(masks)
            step = {"early_bird/step": state.step} if settled else {}
            return RuleState(self.name, figures=figures, summary={DRAWN: int(settled), **step})
        tensors: dict[str, Tensor] = {}
        for number, recent in enumerate(search.recent):
            tensors |= grouped(f"recent/{number}", recent)
        return RuleState(self.name, tensors, {"recent": len(search.recent)}, figures, {DRAWN: 0})


@dataclass
class Search:
    """The search for a ticket, mask by mask."""

    recent: list[dict[str, Tensor]] = field(default_factory=list)  # masks that pruning would have given, oldest first
    distance: float | None = None  # largest distance of the newest masks to the others; None: the window is not full

    def add(self, masks: dict[str, Tensor], window: int) -> None:
        """Add the newest masks, keep the last `window`, and update the distance."""
        self.recent = [*self.recent, masks][-window:]
        *older, newest = self.recent
        self.distance = max(distance(newest, earlier) for earlier in older) if len(self.recent) == window else None

    def has_settled(self, tolerance: float) -> bool:
        """Whether the window is full and its newest masks are within `tolerance` of all others."""
        return self.distance is not None and self.distance <= tolerance


def distance(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> float:
    """The normalised Hamming distance of two masks of a network: the fraction of all entries that differ."""
    count = sum(int((mask ^ second[name]).sum()) for name, mask in first.items())
    return count / sum(mask.numel() for mask in first.values())
