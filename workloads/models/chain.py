"""What is asked of a network whose layers lie one after another."""

from typing import Protocol, cast

from torch import Tensor, nn


class Chain(Protocol):
    """A network in which each layer takes all that the one before gives, and nothing else."""

    def activations(self, inputs: Tensor) -> list[Tensor]:
        """What flows into each layer: (batch, units) or (batch, channels, height, width), the inputs first."""


def activations(model: nn.Module, inputs: Tensor) -> list[Tensor]:
    """The same of a model that is known to be a chain (see Workload.is_chain)."""
    return cast(Chain, model).activations(inputs)
