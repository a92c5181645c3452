"""The search for an early-bird ticket: prune once the masks have settled."""

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
    """Prune to the sparsity `to` once, at the first position where the masks have settled.

    At the positions `every`, 2 `every`, ... the rule computes the masks that pruning would give. They have settled if
    they differ from each of the last `window` - 1 masks in at most the fraction `tolerance` of all entries. At `end`
    the rule prunes in any case. Until it prunes, `early_bird/distance` records the largest of these differences."""

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
        """See PruningRule: before the end the data decide."""
        return self.to if position == self.end else 0.0

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import kept_at
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import chosen

        state, memory = context.state, context.memory
        if memory.summary.get(DRAWN):
            return memory
        scored = scores(self.criterion, state.weights, state, context.data.train, context.seed)
        kept = kept_at(state.layers, self.to, self.allocation, self.dense_layers)
        masks = chosen(scored, kept, state.masks, context.seed)
        search = Search([memory.group(f"recent/{number}") for number in range(memory.facts.get("recent", 0))])
        search.see(masks, self.window)
        figures = () if search.farthest is None else ((state.step, {"early_bird/distance": search.farthest}),)
        settled = search.settled(self.tolerance)
        if settled or context.position == self.end:
            state.put_masks(masks)
            step = {"early_bird/step": state.step} if settled else {}
            return RuleState(self.name, figures=figures, summary={DRAWN: int(settled), **step})
        tensors: dict[str, Tensor] = {}
        for number, each in enumerate(search.recent):
            tensors |= grouped(f"recent/{number}", each)
        return RuleState(self.name, tensors, {"recent": len(search.recent)}, figures, {DRAWN: 0})


@dataclass
class Search:
    """The search for a ticket, mask by mask."""

    recent: list[dict[str, Tensor]] = field(default_factory=list)  # the masks that pruning would give, oldest first
    farthest: float | None = None  # largest distance of an older mask to the newest; None: too few masks

    def see(self, masks: dict[str, Tensor], window: int) -> None:
        """Add the newest masks and keep the last `window`. With fewer there is no distance yet."""
        self.recent = [*self.recent, masks][-window:]
        *older, newest = self.recent
        self.farthest = max(distance(newest, each) for each in older) if len(self.recent) == window else None

    def settled(self, tolerance: float) -> bool:
        """Whether the newest masks differ from all others of a full window by at most `tolerance`."""
        return self.farthest is not None and self.farthest <= tolerance


def distance(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> float:
    """The fraction of all entries in which two masks of a network differ: the normalised Hamming distance."""
    differences = sum(int((mask ^ second[name]).sum()) for name, mask in first.items())
    return differences / sum(mask.numel() for mask in first.values())
