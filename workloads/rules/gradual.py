"""The rule of `gradual`: prune in small steps during training."""

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
    """A rule that prunes to the schedule's sparsity at `begin` + `every`, `begin` + 2 `every`, ... and `end`.

    The last update lands on the sparsity `to` exactly."""

    name: Literal["gradual"] = "gradual"
    to: Sparsity
    """The sparsity at the end, a fraction of all prunable weights."""
    schedule: Schedule
    """The rise of sparsity from the first update to the last."""
    masks: Literal["hard", "soft"]
    """Whether removed weights are gone (hard), or keep their values, compete at each update and may return (soft)."""
    begin: NonNegativeInt
    """The position from which updates are counted, in optimizer steps; the first update is `every` steps later."""
    end: PositiveInt
    """The position of the last update, in optimizer steps."""
    every: PositiveInt
    """The number of optimizer steps from one update to the next."""

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
        from workloads.pruning.allocation import budget_at, budget_on_the_way
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import select
        from workloads.rules.moves import moves

        state, sparsity = context.state, self.sparsity_at(context.position)
        allocation, dense = self.allocation, self.dense_layers
        if self.masks == "soft":
            removed = context.memory.group("removed")
            weights = {name: weight.detach() + removed.get(name, 0) for name, weight in state.weights.items()}
            candidates = {name: torch.ones_like(mask) for name, mask in state.masks.items()}
            budget = budget_at(state.layers, sparsity, allocation, dense)
        else:
            weights = {name: weight.detach() for name, weight in state.weights.items()}
            candidates = state.masks
            budget = budget_on_the_way(state.layers, sparsity, self.to, allocation, dense, state.kept_counts)
        weight_scores = scores(self.criterion, weights, state, context.data.train, context.seed)
        masks = select(weight_scores, budget, candidates, context.seed)
        if self.masks == "hard":
            state.put_masks(masks)
            return RuleState(self.name)
        removed = {name: weight.masked_fill(masks[name], 0) for name, weight in weights.items()}
        for name, weight in weights.items():
            state.weight(name).data.copy_(weight)
        figures = ((state.step, moves(state.masks, masks, candidates)),)  # at first all weights were kept
        state.put_masks(masks)
        return RuleState(self.name, grouped("removed", removed), figures=figures)
