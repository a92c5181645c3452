"""The rule of `ac_dc`: prune, let all weights train again, prune again (Peste et al. 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveInt

from workloads.script.rules import PruningRule
from workloads.settings import Sparsity

if TYPE_CHECKING:
    from workloads.network.rule_context import RuleContext
    from workloads.network.rule_state import RuleState

COMPRESSED = "compressed"  # the group of the rule's tensors that holds the latest masks that removed weights


class AlternateRule(PruningRule):
    """A rule that prunes to the sparsity `to` at `begin`, restores all weights, prunes again, and so on until `end`.

    There it prunes for good. Restored weights start at 0. Every switch empties the optimizer's state, its count of
    steps included, so no weight meets buffers of another time.

    `masks/churn` compares masks that remove weights with the ones before. All weights train in between, so
    `masks/exploration` is 1."""

    name: Literal["alternate"] = "alternate"
    to: Sparsity
    """The sparsity of the compressed stretches, a fraction of all prunable weights."""
    begin: PositiveInt
    """The position of the first pruning, in optimizer steps."""
    end: PositiveInt
    """The position of the last pruning, in optimizer steps."""
    cycles: PositiveInt
    """The number of times that all weights are restored between the two; all stretches are equally long."""

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        length, count = self.end - self.begin, 2 * self.cycles
        return tuple(self.begin + number * length // count for number in range(count + 1))

    def sparsity_at(self, position: int) -> float:
        """See PruningRule."""
        return self.to if self.positions.index(position) % 2 == 0 else 0.0

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        import torch

        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import budget_at
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import select
        from workloads.rules.moves import moves

        state, latest = context.state, context.memory.group(COMPRESSED)
        whole = {name: torch.ones_like(mask) for name, mask in state.masks.items()}
        if not self.sparsity_at(context.position):
            state.put_masks(whole)
            state.empty_optimizer()
            return RuleState(self.name, grouped(COMPRESSED, latest))
        budget = budget_at(state.layers, self.to, self.allocation, self.dense_layers)
        weight_scores = scores(self.criterion, state.weights, state, context.data.train, context.seed)
        masks = select(weight_scores, budget, whole, context.seed)
        state.put_masks(masks)
        state.empty_optimizer()
        figures = ((state.step, moves(latest, masks, whole)),) if latest else ()
        return RuleState(self.name, grouped(COMPRESSED, masks), figures=figures)
