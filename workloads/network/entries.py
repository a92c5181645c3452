"""Arithmetic on the entries of units: sums over each unit, and the places of several units."""

import torch
from torch import Tensor

from workloads.models.units import Entries


def unit_sums(values: Tensor, entries: Entries) -> Tensor:
    """The sum of the values at each unit's entries: (units,). `values` has the shape of the tensor as stored.

    >>> unit_sums(torch.tensor([[1.0, 2], [3, 4], [5, 6], [7, 8]]), Entries("weight", 0, ((0, 2), (1, 3))))
    tensor([14., 22.])
    """
    lines = values.movedim(entries.axis, 0).flatten(1).sum(1) if values.ndim > 1 else values
    return lines[torch.tensor(entries.indices, device=values.device)].sum(1)


def places(entries: Entries, units: Tensor) -> Tensor:
    """The indices along the entries' axis of the units that the bool tensor `units` selects, ascending.

    >>> places(Entries("bias", 0, ((0, 2), (1, 3))), torch.tensor([False, True]))
    tensor([1, 3])
    """
    indices = torch.tensor(entries.indices, dtype=torch.int64, device=units.device)
    return indices[units].flatten().sort().values
