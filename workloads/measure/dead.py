"""Dead hidden units by three definitions. A unit belongs to the layer that computes it.

`dead_neurons`: no incoming or no outgoing nonzero weight. `dead_structural`: on no path from an input to an output.
`dead_functional`: zero after the activation for every example.
"""

from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.measure.connectivity import links, paths
from workloads.models.chain import activations

EXAMPLES = 1_000  # enough to distinguish a unit that rarely fires from a dead one


def dead_neurons(*chains: Mapping[str, Tensor]) -> dict[str, float]:
    """Fractions of units with in-degree or out-degree 0. Each chain holds weights as in `connectivity`, in order."""
    alive = {
        name: incoming.any(1) & outgoing.any(0)
        for adjacency in map(links, chains)
        for (name, incoming), (_, outgoing) in pairwise(adjacency.items())
    }
    return _fractions("dead_neurons", {name: ~units for name, units in alive.items()})


def dead_structural(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Fractions of units on no path of nonzero weights from an input to an output. `weights` as in `connectivity`."""
    from_input, to_output = paths(links(weights))
    *hidden, _ = weights
    alive = [units & ends for units, ends in zip(from_input, to_output, strict=True)][1:-1]
    return _fractions("dead_structural", {name: ~units for name, units in zip(hidden, alive, strict=True)})


@torch.inference_mode()
def dead_functional(model: nn.Module, hidden: list[str], split: Split) -> dict[str, float]:
    """Fractions of units that are zero for each of the first 1,000 examples of `split`, at every position.

    `hidden` are the names of the layers that compute them, in order. Leaves the model in eval mode."""
    model.eval()
    outputs = activations(model, split.inputs[:EXAMPLES])[1:]
    alive = {
        name: (activation != 0).flatten(2).any(2).any(0) if activation.ndim > 2 else (activation != 0).any(0)
        for name, activation in zip(hidden, outputs, strict=True)
    }
    return _fractions("dead_functional", {name: ~units for name, units in alive.items()})


def _fractions(metric: str, dead: dict[str, Tensor]) -> dict[str, float]:
    """Fractions by layer and over all units; empty for a network without hidden layers."""
    total = sum(units.numel() for units in dead.values())
    overall = {f"{metric}/overall": sum(int(units.sum()) for units in dead.values()) / total} if total else {}
    return overall | {f"{metric}/{name}": int(units.sum()) / units.numel() for name, units in dead.items()}
