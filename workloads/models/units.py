"""The hidden units of a network, each as entries of tensors. Needs no torch.

A unit is what structured pruning removes as a whole: a neuron, a channel of a convolution, an attention head. If all
its incoming parameters are zero, biases and norms included, its output is 0 for every input, because every activation
here maps 0 to 0 (ReLU, GELU, max-pooling; a head whose values are 0). The network then computes the same as without the
unit. These groups of entries are the dependency groups of DepGraph (Fang et al. 2023), written out instead of traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from workloads.models.layer import Layer

UnitKind = Literal["neuron", "channel", "head"]
Indices = tuple[tuple[int, ...], ...]  # one tuple per unit, all of equal length


@dataclass(frozen=True)
class Entries:
    """The entries of one tensor that belong to the units of a block: those at the units' indices along one axis.

    Every index of the axis belongs to exactly one unit. `tensor.index_fill(axis, torch.tensor(indices[k]), 0)` sets
    unit k to zero; `index_select` with the indices of the other units removes it."""

    tensor: str  # name in the network's state dict
    axis: int  # of the tensor as stored
    indices: Indices  # along the axis


@dataclass(frozen=True)
class BlockUnits:
    """The units of one kind in one block of a network. Only the entries listed here read or write them."""

    layer: str  # dotted name of the layer that computes them
    kind: UnitKind
    incoming: tuple[Entries, ...]  # parameters that compute them: rows of weights, biases, scale and shift of norms
    outgoing: tuple[Entries, ...]  # weights that read them: columns of the next layer
    statistics: tuple[Entries, ...] = ()  # buffers, not trained: running means and variances

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.incoming[0].indices)

    @property
    def reader(self) -> str:
        """Dotted name of the layer that reads them."""
        return self.outgoing[0].tensor.removesuffix(".weight")

    @property
    def signal(self) -> Entries:
        """The weights through which inputs change the units' outputs.

        Of a head these are the values alone: queries and keys only mix the values of different positions, and a mean
        of equal values is that value."""
        weights = self.incoming[0]
        if self.kind != "head":
            return weights
        return replace(weights, indices=tuple(rows[len(rows) // 3 * 2 :] for rows in weights.indices))

    @property
    def entries(self) -> tuple[Entries, ...]:
        """All entries to remove together with a unit."""
        return (*self.incoming, *self.outgoing, *self.statistics)


def consecutive(units: int, width: int = 1, starts: Sequence[int] = (0,)) -> Indices:
    """The indices of consecutive units of `width` indices each, in every section of the axis that begins at `starts`.

    >>> consecutive(2, 3)
    ((0, 1, 2), (3, 4, 5))
    >>> consecutive(2, starts=(0, 2))
    ((0, 2), (1, 3))
    """
    return tuple(
        tuple(start + unit * width + offset for start in starts for offset in range(width)) for unit in range(units)
    )


def units_between(
    layer: Layer, next_layer: Layer, kind: UnitKind, rows: Indices, columns: Indices, norm: str | None = None
) -> BlockUnits:
    """The units that `layer` computes in these rows and `next_layer` reads in these columns.

    Rows and columns are those of the weights as (out, in, ...), however they are stored. `norm` is the name of a
    BatchNorm between the two layers."""
    parameters = (f"{norm}.weight", f"{norm}.bias") if norm else ()
    statistics = (f"{norm}.running_mean", f"{norm}.running_var") if norm else ()
    return BlockUnits(
        layer=layer.name,
        kind=kind,
        incoming=(
            Entries(f"{layer.name}.weight", layer.output_axis, rows),
            *(Entries(name, 0, rows) for name in (f"{layer.name}.bias", *parameters)),
        ),
        outgoing=(Entries(f"{next_layer.name}.weight", next_layer.input_axis, columns),),
        statistics=tuple(Entries(name, 0, rows) for name in statistics),
    )


def chain_units(layers: Sequence[Layer], batch_norm: bool = False) -> tuple[BlockUnits, ...]:
    """The hidden units of `models.mlp.MLP` or `models.cnn.CNN`, whose layers form a chain.

    Between a convolution and a Linear lies a flatten: each channel has one column for every pixel of its output, and
    these columns are adjacent. `batch_norm`: whether a norm follows each convolution.

    >>> (hidden,) = chain_units([Layer("hidden.0", (2, 4)), Layer("output", (3, 2))])
    >>> [(entries.tensor, entries.axis, entries.indices) for entries in hidden.entries]
    [('hidden.0.weight', 0, ((0,), (1,))), ('hidden.0.bias', 0, ((0,), (1,))), ('output.weight', 1, ((0,), (1,)))]
    """
    units = []
    for layer, next_layer in pairwise(layers):
        count, columns = layer.shape[layer.output_axis], next_layer.shape[next_layer.input_axis]
        convolves = len(layer.shape) == 4
        norm = layer.name.replace("convs", "norms") if convolves and batch_norm else None
        kind: UnitKind = "channel" if convolves else "neuron"
        rows, width = consecutive(count), columns // count
        units.append(units_between(layer, next_layer, kind, rows, consecutive(count, width), norm))
    return tuple(units)
