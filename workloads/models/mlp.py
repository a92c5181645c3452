"""A multi-layer perceptron."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from workloads.models.blockwise import NetworkBlock
from workloads.models.initial import draw


class MLP(nn.Module):
    """Linear layers with ReLU between them. Weights are uninitialised: `mlp` draws them."""

    def __init__(self, inputs: int, hidden: Sequence[int], outputs: int):
        super().__init__()
        widths = (inputs, *hidden)
        self.hidden = nn.ModuleList(skip_init(nn.Linear, into, out) for into, out in pairwise(widths))
        self.output = skip_init(nn.Linear, widths[-1], outputs)

    def activations(self, inputs: Tensor) -> list[Tensor]:
        """What flows into each layer, from the first: (batch, inputs), then (batch, width) after each ReLU."""
        flowing = [inputs.flatten(1)]
        for layer in self.hidden:
            flowing.append(through_hidden(layer, flowing[-1]))
        return flowing

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """See Blockwise: each layer is a block, the ReLU after it included."""
        hidden = (
            NetworkBlock((f"hidden.{index}",), partial(through_hidden, layer))
            for index, layer in enumerate(self.hidden)
        )
        return (*hidden, NetworkBlock(("output",), lambda flowing: self.output(flowing.flatten(1))))

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, ...) -> (batch, outputs), before the softmax."""
        return self.output(self.activations(inputs)[-1])


def through_hidden(layer: nn.Module, flowing: Tensor) -> Tensor:
    """What a hidden Linear layer gives after its ReLU: (batch, ...) -> (batch, width)."""
    return torch.relu(layer(flowing.flatten(1)))


def mlp(inputs: int, hidden: Sequence[int], outputs: int, generator: torch.Generator, init: str = "default") -> MLP:
    """A perceptron on the CPU, its weights drawn as `init` in `models.initial` says."""
    model = MLP(inputs, hidden, outputs)
    draw(model, init, generator)
    return model
