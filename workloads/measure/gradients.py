"""Gradients on a fixed probe: how much the network still wants to move, and where it may not."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from workloads.data.images import Split
from workloads.training.state import State


def gradients(state: State, probe: Split) -> dict[str, float]:
    """Norms of the loss's dense gradient over the prunable weights, the model in eval mode.

    `gradient_norm`, `gradient_rms`: over the kept weights. `zero_grad_norm`: over the weights that are zero,
    absent where there are none.
    """
    state.model.eval()
    weights = state.weights
    loss = cross_entropy(state.model(probe.inputs), probe.targets)
    dense = dict(zip(weights, torch.autograd.grad(loss, list(weights.values()))))
    kept = {name: gradient[state.masks[name]] for name, gradient in dense.items()}
    zero = {name: gradient[weights[name] == 0] for name, gradient in dense.items()}
    norms = _norms("gradient_norm", kept)
    count = sum(part.numel() for part in kept.values())
    if count:
        norms["gradient_rms/overall"] = norms["gradient_norm/overall"] / count**0.5
    return norms | _norms("zero_grad_norm", zero)


def _norms(metric: str, parts: dict[str, Tensor]) -> dict[str, float]:
    norms = {name: float(part.norm()) for name, part in parts.items() if part.numel()}
    overall = {f"{metric}/overall": sum(norm**2 for norm in norms.values()) ** 0.5} if norms else {}
    return overall | {f"{metric}/{name}": norm for name, norm in norms.items()}
