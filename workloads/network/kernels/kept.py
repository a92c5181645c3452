"""The kept entries of a parameter: taken out at the start of a leg and put back at its end, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Kept:
    """The kept entries of one parameter. All others are zero, and so are the optimizer's buffers there."""

    parameter: nn.Parameter
    places: Tensor  # int64 (kept,): indices in the flattened parameter

    @classmethod
    def whole(cls, parameter: nn.Parameter) -> Kept:
        """A parameter that keeps every entry."""
        return cls(parameter, torch.arange(parameter.numel()))

    @property
    def values(self) -> Tensor:
        """A copy of the kept entries: (kept,)."""
        return self._taken(self.parameter.detach())

    def buffers(self, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
        """The optimizer's buffers of the kept entries, (kept,) each, and its count of steps; empty before its first
        step."""
        return {
            name: self._taken(buffer) if buffer.shape == self.parameter.shape else buffer.clone()
            for name, buffer in optimizer.state.get(self.parameter, {}).items()
        }

    def put_back(self, values: Tensor, buffers: Mapping[str, Tensor], optimizer: torch.optim.Optimizer) -> None:
        """Set the kept entries and their buffers, in the form of `values` and `buffers`."""
        self._put(self.parameter.detach(), values)
        state = optimizer.state[self.parameter]
        for name, buffer in buffers.items():
            if buffer.shape != values.shape:
                state[name] = buffer
                continue
            if name not in state:
                state[name] = torch.zeros_like(self.parameter, memory_format=torch.preserve_format)
            self._put(state[name], buffer)

    def _taken(self, tensor: Tensor) -> Tensor:
        return tensor.view(-1).index_select(0, self.places)

    def _put(self, tensor: Tensor, values: Tensor) -> None:
        tensor.view(-1).index_copy_(0, self.places, values)
