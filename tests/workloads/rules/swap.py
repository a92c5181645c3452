"""A made-up rule: what it takes to add one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt

from workloads.script.rules import Rule

if TYPE_CHECKING:
    from workloads.network.rule_context import RuleContext
    from workloads.network.rule_state import RuleState


class SwapRule(Rule):
    """Every so many steps, in place of the optimizer, drop the largest weight and let a random one grow."""

    source: ClassVar[str | None] = "made_up"
    replaces: ClassVar[bool] = True  # a constant is a property as well

    name: Literal["swap"] = "swap"
    every: PositiveInt = 100
    end: PositiveInt

    @property
    def positions(self) -> tuple[int, ...]:
        """See Rule."""
        return tuple(range(self.every, self.end + 1, self.every))

    def act(self, context: RuleContext) -> RuleState:
        """See Rule."""
        import torch

        from workloads.network.rule_state import RuleState
        from workloads.pruning.select import grow, select

        state, drawn = context.state, context.generator("grow")
        smallness = {name: -weight.detach().abs() for name, weight in state.weights.items()}
        dropped = select(smallness, sum(state.kept_counts.values()) - 1, state.masks, context.seed)
        luck = {name: torch.rand(mask.shape, generator=drawn).to(mask.device) for name, mask in dropped.items()}
        state.put_masks(grow(luck, 1, dropped, context.seed))
        return RuleState(self.name, figures=((state.step, {"made_up/swaps": 1.0}),), summary={"made_up/swapped": 1.0})
