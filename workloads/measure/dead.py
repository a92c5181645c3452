"""Units that do nothing, told apart by why. All are of hidden layers, named by the layer that computes them.

`dead_neurons`: no weight in, or no weight out. `dead_structural`: on no path from an input to an output.
`dead_functional`: zero after the activation for every example.
"""

import torch
from torch import Tensor, nn

from workloads.data.images import Split
from workloads.training.evaluate import CHUNK


def dead_neurons(weights: dict[str, Tensor]) -> dict[str, float]:
    """Fractions of units with in- or out-degree 0. `weights` are (out, in), from input to output."""
    connected = {name: weight != 0 for name, weight in weights.items()}
    alive = {
        name: before.any(1) & after.any(0)
        for (name, before), after in zip(connected.items(), list(connected.values())[1:])
    }
    return _fractions("dead_neurons", {name: ~units for name, units in alive.items()})


def dead_structural(weights: dict[str, Tensor]) -> dict[str, float]:
    """Fractions of units that no path of nonzero weights links to both ends. `weights` as above; a bias is no input."""
    connected = {name: weight != 0 for name, weight in weights.items()}
    names = list(connected)
    reached = _reached([connected[name] for name in names])
    reaching = _reached([connected[name].T for name in reversed(names)])[::-1]
    alive = {name: forward & backward for name, forward, backward in zip(names, reached, reaching[1:])}
    return _fractions("dead_structural", {name: ~units for name, units in alive.items()})


@torch.inference_mode()
def dead_functional(model: nn.Module, hidden: list[str], split: Split) -> dict[str, float]:
    """Fractions of units that are zero for every example of `split`."""
    model.eval()
    fired: dict[str, Tensor] = {}
    for inputs in split.inputs.split(CHUNK):
        for name, activation in zip(hidden, model.activations(inputs)[1:]):
            now = (activation != 0).any(0)
            fired[name] = fired[name] | now if name in fired else now
    return _fractions("dead_functional", {name: ~units for name, units in fired.items()})


def _reached(connected: list[Tensor]) -> list[Tensor]:
    """The units after each matrix (out, in) that a path from any first unit reaches."""
    units = torch.ones(connected[0].shape[1], dtype=torch.bool, device=connected[0].device)
    reached = []
    for matrix in connected:
        units = (matrix & units).any(1)
        reached.append(units)
    return reached


def _fractions(metric: str, dead: dict[str, Tensor]) -> dict[str, float]:
    """Per layer and over all units together; nothing for a network without hidden layers."""
    total = sum(units.numel() for units in dead.values())
    overall = {f"{metric}/overall": sum(int(units.sum()) for units in dead.values()) / total} if total else {}
    return overall | {f"{metric}/{name}": int(units.sum()) / units.numel() for name, units in dead.items()}
