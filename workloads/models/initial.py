"""How the weights of a layer begin."""

from collections.abc import Callable

import torch
from torch import nn

Weighted = nn.Linear | nn.Conv2d  # layers with a weight whose first dimension is the outputs'


def default(layer: Weighted, generator: torch.Generator) -> None:
    """As torch does it: weights and biases uniform in +-1/sqrt(fan-in)."""
    bound = layer.weight[0].numel() ** -0.5
    layer.weight.uniform_(-bound, bound, generator=generator)
    if layer.bias is not None:
        layer.bias.uniform_(-bound, bound, generator=generator)


def glorot_normal(layer: Weighted, generator: torch.Generator) -> None:
    """Weights normal with variance 2 / (fan-in + fan-out), not truncated, and zero biases (Glorot & Bengio 2010)."""
    nn.init.xavier_normal_(layer.weight, generator=generator)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


INITIAL: dict[str, Callable[[Weighted, torch.Generator], None]] = {
    "default": default,
    "glorot_normal": glorot_normal,
}


@torch.no_grad()
def draw(model: nn.Module, init: str, generator: torch.Generator) -> None:
    """Draw the weights of every Linear and Conv2d, from input to output, by the function of this name."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            INITIAL[init](layer, generator)
