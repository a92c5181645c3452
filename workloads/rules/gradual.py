"""Take weights away little by little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeInt, PositiveInt

from workloads.script.rules import PruningRule
from workloads.script.schedules import Schedule, fraction
from workloads.settings import Sparsity

if TYPE_CHECKING:
    from workloads.network.rule_context import RuleContext
    from workloads.network.rule_state import RuleState


class GradualRule(PruningRule):
    """A rule: at the positions `begin` + `every`, + 2 `every`, ... and `end`, prune to what the schedule says there.

    The last update lands on the sparsity `to` exactly."""

    name: Literal["gradual"] = "gradual"
    to: Sparsity
    schedule: Schedule
    masks: Literal["hard", "soft"]  # soft: weights that were removed keep their values, compete again and may come back
    begin: NonNegativeInt
    end: PositiveInt
    every: PositiveInt

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        return (*range(self.begin + self.every, self.end, self.every), self.end)

    def sparsity_at(self, position: int) -> float:
        """See PruningRule."""
        x = (position - self.begin) / (self.end - self.begin)
        return self.to * fraction(self.schedule, x, self.to)

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        import torch

        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.allocation import kept_at, kept_on_the_way
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import chosen

        state, sparsity = context.state, self.sparsity_at(context.position)
        if self.masks == "soft":
            aside = context.memory.group("removed")
            weights = {name: weight.detach() + aside.get(name, 0) for name, weight in state.weights.items()}
            among = {name: torch.ones_like(mask) for name, mask in state.masks.items()}
            kept = kept_at(state.layers, sparsity, self.allocation, self.dense_layers)
        else:
            weights = {name: weight.detach() for name, weight in state.weights.items()}
            among = state.masks
            kept = kept_on_the_way(
                state.layers, sparsity, self.to, self.allocation, self.dense_layers, state.kept_counts
            )
        scored = scores(self.criterion, weights, state, context.data.train, context.seed)
        masks = chosen(scored, kept, among, context.seed)
        removed = {}
        if self.masks == "soft":
            removed = {name: weight.masked_fill(masks[name], 0) for name, weight in weights.items()}
            for name, weight in weights.items():
                state.weight(name).data.copy_(weight)
        state.put_masks(masks)
        return RuleState(self.name, grouped("removed", removed))
