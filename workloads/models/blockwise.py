"""Networks that can be computed block by block."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from torch import Tensor, nn


@dataclass(frozen=True)
class NetworkBlock:
    """A part of a network. Its only input is the output of the block before."""

    layers: tuple[str, ...]  # dotted names of its prunable layers, in the order of computation
    compute: Callable[[Tensor], Tensor]  # uses the network's current weights and mode


class Blockwise(Protocol):
    """A network that is a sequence of blocks."""

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """The blocks from input to output. Computed in order, they give the network's output."""


def blocks(model: nn.Module) -> tuple[NetworkBlock, ...]:
    """The blocks of a model. Every network in `models` is Blockwise."""
    return cast(Blockwise, model).blocks()
