"""Gradient norms on the probe, over kept weights and over zero weights."""

from torch import Tensor

from workloads.data.splits import Split
from workloads.network.gradient import mean_gradient
from workloads.network.loss import objective
from workloads.network.state import State


def gradients(state: State, probe: Split) -> dict[str, float]:
    """Norms of the dense gradient of the mean loss over the prunable weights, in eval mode.

    `gradient_norm`: L2 over the kept weights. `zero_grad_norm`: L2 over the weights that are zero, absent if there are
    none. `gradient_rms` and `zero_grad_rms`: root mean squares over the same weights, which are comparable between
    different numbers of weights.
    """
    weights = state.weights
    dense = mean_gradient(state.model, weights, probe, objective(state.workload))
    kept = {name: gradient[state.masks[name]] for name, gradient in dense.items()}
    zero = {name: gradient[weights[name] == 0] for name, gradient in dense.items()}
    return _norms("gradient_norm", "gradient_rms", kept) | _norms("zero_grad_norm", "zero_grad_rms", zero)


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
