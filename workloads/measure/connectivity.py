"""Paths of nonzero weights from inputs to outputs, through a chain of layers.

A weight is (out, in) or (out, in, kernel height, kernel width). The units of a convolution are its channels, and a
kernel links two channels if any of its entries is nonzero. Between a convolution and a Linear lies a flatten: adjacent
columns of equal number belong to each channel. A bias does not count as an input.
"""

from collections.abc import Mapping

import torch
from torch import Tensor


def links(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Layer name -> whether it links two units, bool (units out, units in). `weights` are in order from the input.

    Raises ValueError if a layer's shape does not fit the layer before.
    """
    return {name: (entries != 0).any(2) for name, entries in _by_unit_pair(weights).items()}


def paths(adjacency: Mapping[str, Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Which units a path from an input reaches, and which units have a path to an output.

    `adjacency` comes from `links`. Each list holds one bool tensor (units,) for the inputs and then for each layer.

    >>> paths({"a": torch.tensor([[True, False], [False, False]]), "b": torch.tensor([[True, True]])})[0][1:]
    [tensor([ True, False]), tensor([True])]
    """
    matrices = list(adjacency.values())
    return _reachable(matrices), _reachable([matrix.T for matrix in reversed(matrices)])[::-1]


def effective_sparsity(weights: Mapping[str, Tensor], prunable: int) -> float:
    """The fraction of `prunable` weights that are zero, removed by narrowing, or on no path from an input to an output.

    `weights` are the prunable weights in order from the input. The result is 1 if a layer has no nonzero weight.
    Raises ValueError as `links`.
    """
    from_input, to_output = paths(links(weights))
    effective = sum(
        int(((entries != 0) & units_in[:, None] & units_out[:, None, None]).count_nonzero())
        for entries, units_in, units_out in zip(
            _by_unit_pair(weights).values(), from_input[:-1], to_output[1:], strict=True
        )
    )
    return 1 - effective / prunable


def classes_without_input(weights: Mapping[str, Tensor]) -> int:
    """Number of outputs that no path from an input reaches: they are the same for every example."""
    from_input, _ = paths(links(weights))
    return int((~from_input[-1]).sum())


def _by_unit_pair(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Each weight as (units out, units in, entries between the two units)."""
    first, *_ = weights.values()
    units, kernels = first.shape[1], False
    pairs = {}
    for name, weight in weights.items():
        columns = weight.shape[1]
        fits = columns % units == 0 if kernels and weight.ndim == 2 else columns == units
        if not fits:
            raise ValueError(
                f"{name} with weights {tuple(weight.shape)} cannot follow a layer of {units} units: "
                "paths are defined only for chains, in which each layer reads the whole output of the layer before"
            )
        pairs[name] = weight.detach().reshape(len(weight), units, -1)
        units, kernels = len(weight), weight.ndim > 2
    return pairs


def _reachable(matrices: list[Tensor]) -> list[Tensor]:
    """All first units, and then the units after each matrix (out, in) that a path from a first unit reaches."""
    units = [torch.ones(matrices[0].shape[1], dtype=torch.bool, device=matrices[0].device)]
    for matrix in matrices:
        units.append((matrix & units[-1]).any(1))
    return units
