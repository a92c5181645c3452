"""Gradients on a fixed probe: how much the network still wants to move, and where it may not."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.training.loss import loss_of
from workloads.training.state import State

CHUNK = 16_384  # predictions at once: what a language model of many tokens takes of memory


def gradients(state: State, probe: Split) -> dict[str, float]:
    """Norms of the loss's dense gradient over the prunable weights, the model in eval mode.

    `gradient_norm`: L2 over the kept weights. `zero_grad_norm`: L2 over the weights that are zero, absent where there
    are none. `gradient_rms` and `zero_grad_rms`: the same per weight, root mean squares, which can be compared where
    the numbers of weights differ.
    """
    weights = state.weights
    dense = mean_gradient(state.model, weights, probe)
    kept = {name: gradient[state.masks[name]] for name, gradient in dense.items()}
    zero = {name: gradient[weights[name] == 0] for name, gradient in dense.items()}
    return _norms("gradient_norm", "gradient_rms", kept) | _norms("zero_grad_norm", "zero_grad_rms", zero)


def mean_gradient(model: nn.Module, weights: Mapping[str, nn.Parameter], split: Split) -> dict[str, Tensor]:
    """The gradient of the mean loss over all predictions of a split, dense, the model in eval mode."""
    model.eval()
    parameters, scored = list(weights.values()), split.scored
    total: list[Tensor] = []
    for chunk in split.chunks(CHUNK):
        mean = loss_of(model(chunk.inputs), chunk.targets)
        gradients = torch.autograd.grad(mean * (chunk.scored / scored), parameters)
        total = [before + now for before, now in zip(total, gradients)] if total else list(gradients)
    return dict(zip(weights, total))


def _norms(metric: str, per_weight: str, parts: dict[str, Tensor]) -> dict[str, float]:
    norms = {name: float(part.norm()) for name, part in parts.items() if part.numel()}
    if not norms:
        return {}
    overall = sum(norm**2 for norm in norms.values()) ** 0.5
    count = sum(part.numel() for part in parts.values())
    return {
        f"{metric}/overall": overall,
        f"{per_weight}/overall": overall / count**0.5,
        **{f"{metric}/{name}": norm for name, norm in norms.items()},
    }
