"""The rule of sparse training: drop some of the weights, let as many others grow in the same layer."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import cos, floor, pi
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from workloads.script.rules import PruningRule
from workloads.script.schedules import Cubic, Linear, fraction
from workloads.settings import Sparsity

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.network.rule_context import RuleContext
    from workloads.network.rule_state import RuleState
    from workloads.network.state import State

Fall = Literal["none", "cosine"]
Dropped = Literal["magnitude", "signed"]
DroppedFraction = Annotated[float, Field(gt=0, lt=1)]
DECIMALS = 12  # of a fraction that follows from a cosine


class DropGrowRule(PruningRule):
    """A rule that drops the weights with the lowest scores in each layer, and lets as many removed weights grow there.

    It acts at the positions `every`, 2 `every`, ... before `end`. So each layer keeps its number of weights, and a
    layer that keeps all of them is left alone. With a `schedule` the rule first removes weights, from the sparsity
    `initial` at the beginning to `to` at `end`, where it acts once more (Liu et al. 2021).

    Weights that grow start at 0 with empty optimizer buffers. The optimizer's count of steps is shared by all weights,
    so Adam takes the first gradients of such a weight for those of a long time: its first move is up to
    (1 - beta1) / sqrt(1 - beta2) learning rates, which is 3.2 with the usual betas 0.9 and 0.999, and not 1. A count of
    its own for each weight was tried and is worse: the perceptron on Fashion-MNIST (4 epochs, updates every 100 steps,
    five seeds) loses 0.50 points (0.32 to 0.68) with SET at 95 %, 0.56 (0.34 to 0.78) at 98 %, and 0.24 (0.09 to 0.38)
    with RigL at 95 %.
    """

    name: Literal["drop_grow"] = "drop_grow"
    to: Sparsity
    """The sparsity at the end, a fraction of all prunable weights."""
    fraction: DroppedFraction
    """The fraction of each layer's weights that an update drops at the beginning of training."""
    fall: Fall
    """The fall of `fraction` during training: none, or along half a cosine to 0 at `end`."""
    dropped: Dropped
    """The weights to drop: those with the lowest scores (magnitude), or such a fraction of the positive weights and of
    the negative weights (signed)."""
    gradient_weight: NonNegativeFloat = 0.0
    """The weight of |dL/dw| in the score for dropping. It falls like `fraction`."""
    grown: Literal["random", "gradient"]
    """The removed weights that grow: random ones, or those with the largest gradients."""
    accumulate: PositiveInt = 1
    """The number of steps before an update whose gradients are averaged."""
    instead: bool
    """Whether an update takes the place of the optimizer's step."""
    every: PositiveInt
    """The number of optimizer steps from one update to the next."""
    end: PositiveInt
    """The position at which the updates end, in optimizer steps."""
    initial: Sparsity | None = None
    """The sparsity at the beginning, where a schedule raises it. None means `to`."""
    schedule: Annotated[Cubic | Linear, Field(discriminator="name")] | None = None
    """The rise of sparsity from `initial` to `to`. None means no rise."""

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        last = () if self.schedule is None else (self.end,)
        return (*range(self.every, self.end, self.every), *last)

    @property
    def replaces(self) -> bool:
        """See Rule."""
        return self.instead

    @property
    def gradients(self) -> int:
        """See Rule."""
        return self.accumulate if self.grown == "gradient" or self.gradient_weight else 0

    def sparsity_at(self, position: int) -> float:
        """See PruningRule."""
        if self.schedule is None or self.initial is None:
            return self.to
        return self.initial + (self.to - self.initial) * fraction(self.schedule, position / self.end, self.to)

    def fall_at(self, position: int) -> float:
        """The part of `fraction` that is left at a position, in [0, 1]: (1 + cos(pi t / end)) / 2 or 1.

        Evci et al. (2020), section 3."""
        return 1.0 if self.fall == "none" else (1 + cos(pi * position / self.end)) / 2

    def share_at(self, position: int) -> Fraction:
        """The fraction of each layer's weights that an update at the position drops."""
        return Fraction(f"{self.fraction * self.fall_at(position):.{DECIMALS}f}")

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        from workloads.network.groups import grouped
        from workloads.network.rule_state import RuleState
        from workloads.pruning.select import grow
        from workloads.rules.moves import EXPLORED, explored, moves

        state, before = context.state, context.state.masks
        masks = before if self.schedule is None else self._pruned(context)
        kept = self._after_dropping(masks, context)
        counts = {name: int((mask & ~kept[name]).sum()) for name, mask in masks.items()}
        after = grow(self._growth_scores(context, kept), counts, kept, context.seed)
        if self.grown == "random":
            state.put_masks(kept)  # a weight that grows where it was dropped starts at 0 too
        state.put_masks(after)
        places = explored(context.memory, before, after)
        figures = ((state.step, moves(before, after, places)),)
        return RuleState(self.name, grouped(EXPLORED, places), figures=figures)

    def _pruned(self, context: RuleContext) -> dict[str, Tensor]:
        """The masks after the schedule's removal at this position."""
        from workloads.pruning.allocation import budget_on_the_way
        from workloads.pruning.ranking import scores
        from workloads.pruning.select import select

        state, sparsity = context.state, self.sparsity_at(context.position)
        budget = budget_on_the_way(state.layers, sparsity, self.to, self.allocation, self.dense_layers,
                                   state.kept_counts)  # fmt: skip
        weight_scores = scores(self.criterion, state.weights, state, context.data.train, context.seed)
        return select(weight_scores, budget, state.masks, context.seed)

    def _after_dropping(self, masks: Mapping[str, Tensor], context: RuleContext) -> dict[str, Tensor]:
        """The masks without the weights to drop."""
        import torch

        from workloads.pruning.ranking import scores
        from workloads.pruning.select import select

        state, share = context.state, self.share_at(context.position)
        ranked = scores(self.criterion, state.weights, state, context.data.train, context.seed)
        if self.gradient_weight:
            scale = self.gradient_weight * self.fall_at(context.position) / self.accumulate
            ranked = {name: score + scale * context.gradients[name].abs() for name, score in ranked.items()}
        shares = {name: 0 if bool(mask.all()) else share for name, mask in masks.items()}
        kept = {name: torch.zeros_like(mask) for name, mask in masks.items()}
        for part in self._parts(masks, state):
            counts = {name: int(mask.sum()) for name, mask in part.items()}
            budget = {name: count - floor(shares[name] * count) for name, count in counts.items()}
            left = select(ranked, budget, part, context.seed)
            kept = {name: mask | left[name] for name, mask in kept.items()}
        return kept

    def _parts(self, masks: Mapping[str, Tensor], state: State) -> tuple[Mapping[str, Tensor], ...]:
        """The masks in parts of which each drops its own lowest scores."""
        if self.dropped == "magnitude":
            return (masks,)
        positive = {name: state.weight(name).detach() >= 0 for name in masks}
        return (
            {name: mask & positive[name] for name, mask in masks.items()},
            {name: mask & ~positive[name] for name, mask in masks.items()},
        )

    def _growth_scores(self, context: RuleContext, masks: Mapping[str, Tensor]) -> dict[str, Tensor]:
        import torch

        if self.grown == "gradient":
            return {name: gradient.abs() for name, gradient in context.gradients.items()}
        drawn = context.generator("grow")
        return {name: torch.rand(mask.shape, generator=drawn).to(mask.device) for name, mask in masks.items()}
