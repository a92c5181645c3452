"""A convolutional network for images of one channel."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d
from torch.nn.utils import skip_init

from workloads.models.widths import cnn_layers


class CNN(nn.Module):
    """Blocks of convolution, optional BatchNorm, max-pooling and ReLU; then Linear layers with ReLU between them.

    Weights are uninitialised: `cnn` draws them. Convolutions keep the side of their pictures. After the pooling the
    ReLU gives what it would before, and has fewer numbers to go through."""

    def __init__(self, features: int, channels: Sequence[int], kernel: int, pool: int, batch_norm: bool,
                 hidden: Sequence[int], outputs: int):  # fmt: skip
        super().__init__()
        layers = cnn_layers(features, channels, kernel, pool, hidden, outputs)
        convs = [layer for layer in layers if len(layer.shape) == 4]
        *linears, last = [layer for layer in layers if len(layer.shape) == 2]
        self.pool, self.side = pool, isqrt(features)
        self.convs = nn.ModuleList(
            skip_init(nn.Conv2d, conv.shape[1], conv.shape[0], kernel, padding=kernel // 2) for conv in convs
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) if batch_norm else nn.Identity() for width in channels)
        self.hidden = nn.ModuleList(skip_init(nn.Linear, *reversed(linear.shape)) for linear in linears)
        self.output = skip_init(nn.Linear, *reversed(last.shape))

    def activations(self, inputs: Tensor) -> list[Tensor]:
        """What flows into each layer: (batch, channels, side, side) up to the last block, then (batch, width)."""
        flowing = [inputs]
        for conv, norm in zip(self.convs, self.norms):
            flowing.append(torch.relu(max_pool2d(norm(conv(flowing[-1])), self.pool)))
        for layer in self.hidden:
            flowing.append(torch.relu(layer(flowing[-1].flatten(1))))
        return flowing

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, 1, side, side) -> (batch, outputs), before the softmax."""
        return self.output(self.activations(inputs)[-1].flatten(1))


def cnn(features: int, channels: Sequence[int], kernel: int, pool: int, batch_norm: bool, hidden: Sequence[int],
        outputs: int, generator: torch.Generator) -> CNN:  # fmt: skip
    """A network on the CPU with torch's default initialisation: uniform in +-1/sqrt(fan-in), BatchNorm at 1 and 0.

    Its tensors have their channels last in memory: on a CPU a step takes six tenths of the time that it takes
    otherwise (measured at the defaults of `fashion_mnist_cnn`).
    """
    model = CNN(features, channels, kernel, pool, batch_norm, hidden, outputs)
    with torch.no_grad():
        for layer in (*model.convs, *model.hidden, model.output):
            bound = layer.weight[0].numel() ** -0.5
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
    return model.to(memory_format=torch.channels_last)
