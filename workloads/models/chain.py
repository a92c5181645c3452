"""Networks whose layers form a chain."""

from typing import Protocol, cast

from torch import Tensor, nn


class Chain(Protocol):
    """A network in which the only input of each layer is the whole output of the layer before."""

    def activations(self, inputs: Tensor) -> list[Tensor]:
        """The input of each layer, the network's first: (batch, units) or (batch, channels, height, width)."""


def activations(model: nn.Module, inputs: Tensor) -> list[Tensor]:
    """The input of each layer of a model that is a Chain (see Workload.is_chain)."""
    return cast(Chain, model).activations(inputs)
