"""Units that do nothing, told apart by why. All are of hidden layers, named by the layer that computes them.

`dead_neurons`: no weight in, or no weight out. `dead_structural`: on no path from an input to an output.
`dead_functional`: zero after the activation for every example.
"""

from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.measure.connectivity import links, paths
from workloads.models.chain import activations

EXAMPLES = 1_000  # enough to tell a unit that fires seldom from one that never does


def dead_neurons(*chains: Mapping[str, Tensor]) -> dict[str, float]:
    """Fractions of units with in- or out-degree 0. Each chain of weights as in `connectivity`, from input to output."""
    alive = {
        name: before.any(1) & after.any(0)
        for linked in map(links, chains)
        for (name, before), (_, after) in pairwise(linked.items())
    }
    return _fractions("dead_neurons", {name: ~units for name, units in alive.items()})


def dead_structural(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Fractions of units that no path of nonzero weights links to both ends. `weights` as above; a bias is no input."""
    from_input, to_output = paths(links(weights))
    *hidden, _ = weights
    alive = [reached & reaching for reached, reaching in zip(from_input, to_output, strict=True)][1:-1]
    return _fractions("dead_structural", {name: ~units for name, units in zip(hidden, alive, strict=True)})


@torch.inference_mode()
def dead_functional(model: nn.Module, hidden: list[str], split: Split) -> dict[str, float]:
    """Fractions of units that are zero for every one of the first 1,000 examples of `split`, at every position."""
    model.eval()
    flowing = activations(model, split.inputs[:EXAMPLES])[1:]
    fired = {
        name: (activation != 0).flatten(2).any(2).any(0) if activation.ndim > 2 else (activation != 0).any(0)
        for name, activation in zip(hidden, flowing, strict=True)
    }
    return _fractions("dead_functional", {name: ~units for name, units in fired.items()})


def _fractions(metric: str, dead: dict[str, Tensor]) -> dict[str, float]:
    """Per layer and over all units together; nothing for a network without hidden layers."""
    total = sum(units.numel() for units in dead.values())
    overall = {f"{metric}/overall": sum(int(units.sum()) for units in dead.values()) / total} if total else {}
    return overall | {f"{metric}/{name}": int(units.sum()) / units.numel() for name, units in dead.items()}
