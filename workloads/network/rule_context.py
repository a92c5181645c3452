"""The interface between a rule and training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal

from torch import Tensor

from workloads.data.splits import DataSet
from workloads.network.rule_state import RuleState
from workloads.network.state import State
from workloads.randomness import generator

if TYPE_CHECKING:
    import torch

GRADIENT = "gradient"  # the group of a rule's tensors that holds the sums of dense gradients


@dataclass(frozen=True)
class RuleContext:
    """What a rule receives at one position of a training."""

    position: int  # in steps of the training
    state: State  # the network with its masks
    memory: RuleState  # the rule's state; empty before the rule first acts
    data: DataSet
    seed: int

    @property
    def gradients(self) -> dict[str, Tensor]:
        """Layer name -> dense gradient, before masking, summed over the last `Rule.gradients` steps."""
        return self.memory.group(GRADIENT)

    def generator(self, use: Literal["grow", "noise"]) -> torch.Generator:
        """A random generator for this seed, use and position."""
        return generator(self.seed, use, self.position)


@dataclass(frozen=True)
class EachStep:
    """What a rule does at every step. Each function receives the step's position, from 0."""

    gradients: Callable[[int], None] | None = None  # may edit the gradients before masking
    weights: Callable[[int], None] | None = None  # may edit the weights after the step; removed weights stay zero


@dataclass(frozen=True)
class Intervention:
    """What a rule changes in a stretch of training that leads to one of its positions. Steps count from 0."""

    each_step: EachStep = EachStep()
    gradients_from: float = inf  # the first step whose dense gradients are summed
    replaced_step: int | None = None  # the step at which the rule acts in place of the optimizer

    @property
    def begin(self) -> float:
        """The first step that the rule takes part in: 0 if each, infinite if none."""
        if self.each_step.gradients is not None or self.each_step.weights is not None:
            return 0
        return min(self.gradients_from, inf if self.replaced_step is None else self.replaced_step)


NONE = Intervention()
