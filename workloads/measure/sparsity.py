"""Sparsity of a network, by its masks and by its exact zeros."""

from torch import Tensor

from workloads.network.state import State


def nonzero(state: State) -> int:
    """Number of prunable weights that are not exactly zero."""
    return sum(int(weight.count_nonzero()) for weight in state.weights.values())


def sparsity(state: State, prunable: int) -> dict[str, float]:
    """Sparsity metrics. `prunable` is the number of prunable weights before any narrowing."""
    by_module = {
        f"layer_sparsity/{name}": _zero_fraction(module.weight)
        for name, module in state.model.named_modules()
        if isinstance(getattr(module, "weight", None), Tensor)
    }
    return {
        "pruning/sparsity": 1 - sum(state.kept_counts.values()) / prunable,
        "sparsity/overall": 1 - nonzero(state) / prunable,
        **by_module,
    }


def _zero_fraction(weight: Tensor) -> float:
    return 1 - int(weight.count_nonzero()) / weight.numel()
