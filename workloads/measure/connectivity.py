"""Paths of nonzero weights from the inputs to the outputs, through layers in a chain.

A weight is (out, in) or (out, in, kernel height, kernel width); the units of a convolution are its channels, and a
kernel links two of them where any of its taps is nonzero. Where a Linear comes after a convolution, a flatten lies
between: its columns belong to the channels in equal runs, from the first. A bias is no input.
"""

from collections.abc import Mapping

import torch
from torch import Tensor


def links(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Which units each layer links: (units out, units in), bool. `weights` run from input to output.

    Raises ValueError where a layer cannot follow the one before.
    """
    return {name: (cells != 0).any(2) for name, cells in _cells(weights).items()}


def paths(linked: Mapping[str, Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """For the inputs, and then the units of each layer: which a path from an input reaches; from which one leads on
    to an output. All bool, of one entry per unit.

    >>> paths({"a": torch.tensor([[True, False], [False, False]]), "b": torch.tensor([[True, True]])})[0][1:]
    [tensor([ True, False]), tensor([True])]
    """
    matrices = list(linked.values())
    return _reached(matrices), _reached([matrix.T for matrix in reversed(matrices)])[::-1]


def effective_sparsity(weights: Mapping[str, Tensor], prunable: int) -> float:
    """The fraction of `prunable` weights that are zero, gone, or on no path from an input to an output.

    `weights` are the prunable ones, from input to output. 1 where a layer has none left. Raises ValueError as `links`.
    """
    from_input, to_output = paths(links(weights))
    effective = sum(
        int(((cells != 0) & before[:, None] & after[:, None, None]).count_nonzero())
        for cells, before, after in zip(_cells(weights).values(), from_input[:-1], to_output[1:], strict=True)
    )
    return 1 - effective / prunable


def classes_without_input(weights: Mapping[str, Tensor]) -> int:
    """Outputs that no path from an input reaches: whatever is shown, they say the same."""
    from_input, _ = paths(links(weights))
    return int((~from_input[-1]).sum())


def _cells(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Each weight as (units out, units in, weights between two units)."""
    first, *_ = weights.values()
    units, kernels = first.shape[1], False
    cells = {}
    for name, weight in weights.items():
        columns = weight.shape[1]
        fits = columns % units == 0 if kernels and weight.ndim == 2 else columns == units
        if not fits:
            raise ValueError(
                f"{name} with weights {tuple(weight.shape)} cannot follow a layer of {units} units: "
                "paths are known of chains only, where each layer takes all that the one before gives"
            )
        cells[name] = weight.detach().reshape(len(weight), units, -1)
        units, kernels = len(weight), weight.ndim > 2
    return cells


def _reached(matrices: list[Tensor]) -> list[Tensor]:
    """The first units, all of them, and then those after each matrix (out, in) that a path from them reaches."""
    reached = [torch.ones(matrices[0].shape[1], dtype=torch.bool, device=matrices[0].device)]
    for matrix in matrices:
        reached.append((matrix & reached[-1]).any(1))
    return reached
