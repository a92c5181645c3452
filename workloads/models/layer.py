"""A layer before its network is built."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Layer:
    """A module with prunable weights, known before the network is built."""

    name: str  # the module's dotted name
    shape: tuple[int, ...]  # of its weight as it is stored
    positions: int = 1  # outputs per example that each weight takes part in: 1 for Linear, height x width for Conv,
    # of language models the context
    inputs_first: bool = False  # stored as (in, out), as GPT-2's Conv1D has it; all others are (out, in, ...)

    @property
    def size(self) -> int:
        """Number of prunable weights."""
        return prod(self.shape)

    @property
    def output_axis(self) -> int:
        """The axis of its stored weight that counts the outputs."""
        return 1 if self.inputs_first else 0

    @property
    def input_axis(self) -> int:
        """The axis of its stored weight that counts the inputs."""
        return 1 - self.output_axis

    def matrix(self, weight: Tensor) -> Tensor:
        """A weight of this layer as (out, in), a kernel as (out, in, height, width): a view.

        This class is the only place that knows how layers store their weights."""
        return weight.T if self.inputs_first else weight
