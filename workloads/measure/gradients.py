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

    `gradient_norm`, `gradient_rms`: over the kept weights. `zero_grad_norm`: over the weights that are zero,
    absent where there are none.
    """
    weights = state.weights
    dense = mean_gradient(state.model, weights, probe)
    kept = {name: gradient[state.masks[name]] for name, gradient in dense.items()}
    zero = {name: gradient[weights[name] == 0] for name, gradient in dense.items()}
    norms = _norms("gradient_norm", kept)
    count = sum(part.numel() for part in kept.values())
    if count:
        norms["gradient_rms/overall"] = norms["gradient_norm/overall"] / count**0.5
    return norms | _norms("zero_grad_norm", zero)


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


def _norms(metric: str, parts: dict[str, Tensor]) -> dict[str, float]:
    norms = {name: float(part.norm()) for name, part in parts.items() if part.numel()}
    overall = {f"{metric}/overall": sum(norm**2 for norm in norms.values()) ** 0.5} if norms else {}
    return overall | {f"{metric}/{name}": norm for name, norm in norms.items()}
