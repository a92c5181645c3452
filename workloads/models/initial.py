"""How the weights of a layer begin."""

from collections.abc import Callable

import torch
from torch import nn


def default(layer: nn.Module, generator: torch.Generator) -> None:
    """As torch does it: weights and biases uniform in +-1/sqrt(fan-in)."""
    bound = layer.weight[0].numel() ** -0.5
    layer.weight.uniform_(-bound, bound, generator=generator)
    layer.bias.uniform_(-bound, bound, generator=generator)


def glorot_normal(layer: nn.Module, generator: torch.Generator) -> None:
    """Weights normal with variance 2 / (fan-in + fan-out), not truncated, and zero biases (Glorot & Bengio 2010)."""
    nn.init.xavier_normal_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)


INITIAL: dict[str, Callable[[nn.Module, torch.Generator], None]] = {
    "default": default,
    "glorot_normal": glorot_normal,
}


@torch.no_grad()
def draw(model: nn.Module, init: str, generator: torch.Generator) -> None:
    """Draw the weights of every Linear and Conv2d, from input to output, by the function of this name."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            INITIAL[init](layer, generator)
