"""How sparse the network is: by its masks, and by its exact zeros."""

from torch import Tensor

from workloads.network.state import State


def nonzero(state: State) -> int:
    """Prunable weights that are not exactly zero."""
    return sum(int(weight.count_nonzero()) for weight in state.weights.values())


def sparsity(state: State, prunable: int) -> dict[str, float]:
    """Sparsities of a network that had `prunable` prunable weights before any shrinking."""
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
