"""A convolutional network for images of one channel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d
from torch.nn.utils import skip_init

from workloads.models.blockwise import NetworkBlock
from workloads.models.initial import draw
from workloads.models.mlp import through_hidden
from workloads.models.widths import cnn_layers


class CNN(nn.Module):
    """Blocks of convolution, optional BatchNorm, max-pooling and ReLU; then Linear layers with ReLU between them.

    Weights are uninitialised: `cnn` draws them. Padded convolutions keep the side of their pictures. After the pooling
    the ReLU gives what it would before, and has fewer numbers to go through."""

    def __init__(self, features: int, channels: Sequence[int], kernel: int, pool: int, batch_norm: bool,
                 hidden: Sequence[int], outputs: int, padded: bool = True):  # fmt: skip
        super().__init__()
        layers = cnn_layers(features, channels, kernel, pool, hidden, outputs, padded)
        convs = [layer for layer in layers if len(layer.shape) == 4]
        *linears, last = [layer for layer in layers if len(layer.shape) == 2]
        self.pool, self.side = pool, isqrt(features)
        self.convs = nn.ModuleList(
            skip_init(nn.Conv2d, conv.shape[1], conv.shape[0], kernel, padding=kernel // 2 if padded else 0)
            for conv in convs
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) if batch_norm else nn.Identity() for width in channels)
        self.hidden = nn.ModuleList(skip_init(nn.Linear, *reversed(linear.shape)) for linear in linears)
        self.output = skip_init(nn.Linear, *reversed(last.shape))

    def activations(self, inputs: Tensor) -> list[Tensor]:
        """What flows into each layer: (batch, channels, side, side) up to the last block, then (batch, width)."""
        flowing = [inputs]
        for conv, norm in zip(self.convs, self.norms, strict=True):
            flowing.append(self._convolved(conv, norm, flowing[-1]))
        for layer in self.hidden:
            flowing.append(through_hidden(layer, flowing[-1]))
        return flowing

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """See Blockwise: each prunable layer is a block, with all that comes after it before the next."""
        convs = (
            NetworkBlock((f"convs.{index}",), partial(self._convolved, conv, norm))
            for index, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True))
        )
        hidden = (
            NetworkBlock((f"hidden.{index}",), partial(through_hidden, layer))
            for index, layer in enumerate(self.hidden)
        )
        return (*convs, *hidden, NetworkBlock(("output",), lambda flowing: self.output(flowing.flatten(1))))

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, 1, side, side) -> (batch, outputs), before the softmax."""
        return self.output(self.activations(inputs)[-1].flatten(1))

    def _convolved(self, conv: nn.Module, norm: nn.Module, pictures: Tensor) -> Tensor:
        return torch.relu(max_pool2d(norm(conv(pictures)), self.pool))


def cnn(features: int, channels: Sequence[int], kernel: int, pool: int, batch_norm: bool, hidden: Sequence[int],
        outputs: int, generator: torch.Generator, init: str = "default", padded: bool = True) -> CNN:  # fmt: skip
    """A network on the CPU, its weights drawn as `init` in `models.initial` says, BatchNorm at 1 and 0.

    Its tensors have their channels last in memory: on a CPU a step takes six tenths of the time that it takes
    otherwise (measured at the defaults of `fashion_mnist_cnn`).
    """
    model = CNN(features, channels, kernel, pool, batch_norm, hidden, outputs, padded)
    draw(model, init, generator)
    return model.to(memory_format=torch.channels_last)
