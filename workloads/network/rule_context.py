"""What a rule acts on."""

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

GRADIENT = "gradient"  # the group of a rule's tensors in which training adds them up


@dataclass(frozen=True)
class RuleContext:
    """A rule at one position of a training."""

    position: int  # after how many steps
    state: State  # the network, its weights and masks
    memory: RuleState  # what the rule remembers; empty where it has not acted yet
    data: DataSet
    seed: int

    @property
    def gradients(self) -> dict[str, Tensor]:
        """The dense gradients, before masking, added up over the steps that the rule asked for, by layer."""
        return self.memory.group(GRADIENT)

    def generator(self, use: Literal["grow", "noise"]) -> torch.Generator:
        """Chance of this position alone."""
        return generator(self.seed, use, self.position)


@dataclass(frozen=True)
class EachStep:
    """What a rule does at every step, told the step's position from 0."""

    gradients: Callable[[int], None] | None = None  # may edit the gradients, before they are masked
    weights: Callable[[int], None] | None = None  # may edit the weights after the step; removed ones stay zero


@dataclass(frozen=True)
class Intervention:
    """What a rule wants of a stretch of training that leads to one of its positions; steps are counted from 0."""

    each: EachStep = EachStep()
    summed_from: float = inf  # the first step whose dense gradients it wants
    replaced: int | None = None  # the step at which the rule acts in the optimizer's place


NONE = Intervention()
