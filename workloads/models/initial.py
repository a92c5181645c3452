"""Initialisation of Linear and convolutional layers."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

Kind = TypeVar("Kind", bound=nn.Module)
LinearOrConv = nn.Linear | nn.Conv2d  # the first dimension of their weights is the outputs


def uninitialised(kind: Callable[..., Kind], *sizes: int, **options: int) -> Kind:
    """A layer on the CPU whose weights are still to be drawn; it takes nothing from torch's global generator.

    `torch.nn.utils.skip_init` does the same, but imports sympy, which takes 2 seconds in each process."""
    layer = kind(*sizes, device="meta", **options)
    for name, parameter in list(layer.named_parameters()):
        setattr(layer, name, nn.Parameter(torch.empty(parameter.shape, dtype=parameter.dtype, device="cpu")))
    return layer


def default(layer: LinearOrConv, generator: torch.Generator) -> None:
    """torch's default: weights and biases uniform in +-1/sqrt(fan-in)."""
    bound = layer.weight[0].numel() ** -0.5
    layer.weight.uniform_(-bound, bound, generator=generator)
    if layer.bias is not None:
        layer.bias.uniform_(-bound, bound, generator=generator)


def glorot_normal(layer: LinearOrConv, generator: torch.Generator) -> None:
    """Weights normal with variance 2 / (fan-in + fan-out), not truncated, and zero biases (Glorot & Bengio 2010)."""
    nn.init.xavier_normal_(layer.weight, generator=generator)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


INITIAL: dict[str, Callable[[LinearOrConv, torch.Generator], None]] = {
    "default": default,
    "glorot_normal": glorot_normal,
}


@torch.no_grad()
def draw(model: nn.Module, init: str, generator: torch.Generator) -> None:
    """Initialise every Linear and Conv2d in place, from input to output, by `INITIAL[init]`."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            INITIAL[init](layer, generator)
