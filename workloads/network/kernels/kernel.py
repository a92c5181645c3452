"""What a kernel is: a way to compute training steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from workloads.data.splits import Examples
from workloads.network.rule_context import Intervention
from workloads.network.state import State
from workloads.script.training import Precision


@dataclass(frozen=True)
class TrainingSteps:
    """Consecutive training steps of one network, at the positions from `first` on."""

    state: State  # changed by the steps
    examples: Examples
    first: int
    orders: Iterator[Tensor]  # the indices of each step's examples
    rates: list[float]  # the learning rate of each step
    seed: int
    precision: Precision
    intervention: Intervention


@dataclass(frozen=True)
class StepResults:
    """What the steps saw before their updates."""

    losses: list[float]  # each step's mean loss
    correct: int  # correctly classified examples; 0 unless the outcome is an accuracy


class Kernel(ABC):
    """A way to compute training steps. All ways agree but for rounding."""

    @property
    @abstractmethod
    def layers(self) -> tuple[str, ...]:
        """The names of the layers that are computed from compressed rows; the others are computed with masks."""

    @abstractmethod
    def train(self, steps: TrainingSteps) -> StepResults:
        """Take the steps."""
