"""The shape of a prunable layer, known before the network is built."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Layer:
    """A module with prunable weights."""

    name: str  # the module's dotted name
    shape: tuple[int, ...]  # of the weight as stored
    positions: int = 1  # times each weight is used per example: 1 for Linear, height x width of the output for Conv,
    # the context for language models
    inputs_first: bool = False  # stored as (in, out), as in GPT-2's Conv1D; otherwise (out, in, ...)

    @property
    def size(self) -> int:
        """Number of prunable weights."""
        return prod(self.shape)

    @property
    def output_axis(self) -> int:
        """The axis of the outputs in the stored weight."""
        return 1 if self.inputs_first else 0

    @property
    def input_axis(self) -> int:
        """The axis of the inputs in the stored weight."""
        return 1 - self.output_axis

    def matrix(self, weight: Tensor) -> Tensor:
        """A view of this layer's weight as (out, in), or of a kernel as (out, in, height, width).

        No other code depends on how layers store their weights."""
        return weight.T if self.inputs_first else weight

    def rows(self, weight: Tensor) -> Tensor:
        """This layer's weight as (out, features). At each place of a kernel the input channels are consecutive."""
        matrix = self.matrix(weight)
        return matrix.permute(0, 2, 3, 1).flatten(1) if matrix.ndim > 2 else matrix

    def from_rows(self, rows: Tensor) -> Tensor:
        """The inverse of `rows`: (out, features) in the shape of the stored weight."""
        if len(self.shape) == 2:
            return self.matrix(rows)
        outputs, inputs, height, width = self.shape
        return rows.view(outputs, height, width, inputs).permute(0, 3, 1, 2)
