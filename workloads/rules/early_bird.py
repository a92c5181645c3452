"""Wait for masks to settle, then take them: the search for an early-bird ticket."""

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

Window = Annotated[int, Field(ge=2, description="a number of masks")]
Distance = Annotated[float, Field(ge=0, lt=1, description="the fraction of entries in which masks differ")]

DRAWN = "early_bird/drawn"


class EarlyBirdRule(PruningRule):
    """A rule: prune to the sparsity `to` once, where masks have settled at one of the positions `every`, 2 `every`, ...

    At each of them it is worked out which masks pruning would give. They have settled where they differ from each of
    those of the `window` - 1 positions before in at most the fraction `tolerance` of all entries. At `end` they are
    taken however much they differ. `early_bird/distance` is that to the one that differs most, as long as none are
    taken."""

    name: Literal["early_bird"] = "early_bird"
    to: Sparsity
    window: Window
    tolerance: Distance
    every: PositiveInt
    end: PositiveInt  # a multiple of `every`

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        return tuple(range(self.every, self.end + 1, self.every))

    def sparsity_at(self, position: int) -> float:
        """See PruningRule: before the end, the data decide."""
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

    recent: list[dict[str, Tensor]] = field(default_factory=list)  # masks that pruning would have given, oldest first
    farthest: float | None = None  # distance from the newest to the one that differs most; None: nothing to tell

    def see(self, masks: dict[str, Tensor], window: int) -> None:
        """Take in the newest masks and forget all but the last `window`; with fewer there is no distance yet."""
        self.recent = [*self.recent, masks][-window:]
        *older, newest = self.recent
        self.farthest = max(distance(newest, each) for each in older) if len(self.recent) == window else None

    def settled(self, tolerance: float) -> bool:
        """Whether the newest masks are no farther than `tolerance` from all the others of a full window."""
        return self.farthest is not None and self.farthest <= tolerance


def distance(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> float:
    """The fraction of all entries in which two masks of a network differ: the Hamming distance, normalised."""
    differing = sum(int((mask ^ other[name]).sum()) for name, mask in one.items())
    return differing / sum(mask.numel() for mask in one.values())
