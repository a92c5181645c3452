"""What is asked of a network that is to be computed block by block."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from torch import Tensor, nn


@dataclass(frozen=True)
class NetworkBlock:
    """A stretch of a network that takes what the block before gives, and nothing else."""

    layers: tuple[str, ...]  # its prunable layers by their dotted names, in the order in which it computes them
    compute: Callable[[Tensor], Tensor]  # with the weights and the mode that the network has when it is called


class Blockwise(Protocol):
    """A network of blocks, one after another."""

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """From the inputs to the outputs: computed one after another, they give what the network gives."""


def blocks(model: nn.Module) -> tuple[NetworkBlock, ...]:
    """The blocks of a model, as all in `models` have them."""
    return cast(Blockwise, model).blocks()
