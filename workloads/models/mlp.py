"""A multi-layer perceptron."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from workloads.models.blockwise import NetworkBlock
from workloads.models.initial import draw, uninitialised


class MLP(nn.Module):
    """Linear layers with ReLU between them. The weights are uninitialised: `mlp` initialises them."""

    def __init__(self, inputs: int, hidden: Sequence[int], outputs: int):
        super().__init__()
        widths = (inputs, *hidden)
        self.hidden = nn.ModuleList(uninitialised(nn.Linear, fan_in, fan_out) for fan_in, fan_out in pairwise(widths))
        self.output = uninitialised(nn.Linear, widths[-1], outputs)

    def activations(self, inputs: Tensor) -> list[Tensor]:
        """See Chain: (batch, inputs), then (batch, width) after each ReLU."""
        activations = [inputs.flatten(1)]
        for layer in self.hidden:
            activations.append(hidden_output(layer, activations[-1]))
        return activations

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """See Blockwise: each layer is a block, together with its ReLU."""
        hidden = (
            NetworkBlock((f"hidden.{index}",), partial(hidden_output, layer)) for index, layer in enumerate(self.hidden)
        )
        return (*hidden, NetworkBlock(("output",), lambda inputs: self.output(inputs.flatten(1))))

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, ...) -> (batch, outputs), before the softmax."""
        return self.output(self.activations(inputs)[-1])


def hidden_output(layer: nn.Module, inputs: Tensor) -> Tensor:
    """The output of a hidden Linear layer after its ReLU: (batch, ...) -> (batch, width)."""
    return torch.relu(layer(inputs.flatten(1)))


def mlp(inputs: int, hidden: Sequence[int], outputs: int, generator: torch.Generator, init: str = "default") -> MLP:
    """A perceptron on the CPU, initialised by `INITIAL[init]` of `models.initial`."""
    model = MLP(inputs, hidden, outputs)
    draw(model, init, generator)
    return model
