"""The hidden units of a network as arithmetic: which entries of which tensors belong to each. Needs no torch.

A unit is what structured pruning removes as a whole: a neuron, a channel of a convolution, a head of attention. Where
all that leads to it is zero, biases and norms included, it gives 0 whatever is shown, since every activation here maps
0 to 0 (ReLU, GELU, max-pooling; a head of values that are all 0): then nobody can tell it from a unit that nobody
reads, or from one that is not there. These groups of tied entries are the dependency groups of Fang et al. 2023
(DepGraph), written out instead of traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from workloads.models.layer import Layer

UnitKind = Literal["neuron", "channel", "head"]
Indices = tuple[tuple[int, ...], ...]  # unit by unit, as many for each


@dataclass(frozen=True)
class Entries:
    """What of one tensor belongs to the units of a block: all that lies at their indices along one axis.

    Every index of the axis belongs to exactly one unit. `tensor.index_fill(axis, torch.tensor(indices[k]), 0)` takes
    unit k out of it, `index_select` with the indices of the other units leaves a tensor without it."""

    tensor: str  # its name in the network's state dict
    axis: int  # of the tensor as it is stored
    indices: Indices  # along that axis


@dataclass(frozen=True)
class BlockUnits:
    """The units of one kind in one block of a network. Nothing else reads or writes them."""

    layer: str  # the layer that computes them, by its dotted name
    kind: UnitKind
    incoming: tuple[Entries, ...]  # parameters that lead to them: rows of weights, biases, the scale and shift of norms
    outgoing: tuple[Entries, ...]  # weights that read them: columns of the layer that comes next
    statistics: tuple[Entries, ...] = ()  # buffers that go where they go and are not trained: running means, variances

    @property
    def count(self) -> int:
        """How many units there are."""
        return len(self.incoming[0].indices)

    @property
    def entries(self) -> tuple[Entries, ...]:
        """All that has to go for a unit to be gone."""
        return (*self.incoming, *self.outgoing, *self.statistics)


def in_turn(units: int, width: int = 1, starts: Sequence[int] = (0,)) -> Indices:
    """The indices of units that come one after another, `width` indices each, in every stretch that begins at `starts`.

    >>> in_turn(2, 3)
    ((0, 1, 2), (3, 4, 5))
    >>> in_turn(2, starts=(0, 2))
    ((0, 2), (1, 3))
    """
    return tuple(
        tuple(start + unit * width + place for start in starts for place in range(width)) for unit in range(units)
    )


def between(
    before: Layer, after: Layer, kind: UnitKind, rows: Indices, columns: Indices, norm: str | None = None
) -> BlockUnits:
    """The units that `before` computes in these rows and `after` reads in these columns, with a norm between or none.

    Rows and columns are those of the weights as (out, in, ...), however they are stored."""
    scaled, seen = (f"{norm}.weight", f"{norm}.bias"), (f"{norm}.running_mean", f"{norm}.running_var")
    return BlockUnits(
        layer=before.name,
        kind=kind,
        incoming=(
            Entries(f"{before.name}.weight", before.output_axis, rows),
            *(Entries(name, 0, rows) for name in (f"{before.name}.bias", *(scaled if norm else ()))),
        ),
        outgoing=(Entries(f"{after.name}.weight", after.input_axis, columns),),
        statistics=tuple(Entries(name, 0, rows) for name in (seen if norm else ())),
    )


def chain_units(layers: Sequence[Layer], batch_norm: bool = False) -> tuple[BlockUnits, ...]:
    """The units of `models.mlp.MLP` or `models.cnn.CNN`, whose layers lie one after another: those of all but the last.

    Where a Linear comes after a convolution, a flatten lies between: each channel has one column for every place of
    its picture, and they lie side by side. `batch_norm`: whether a norm follows each convolution.

    >>> (hidden,) = chain_units([Layer("hidden.0", (2, 4)), Layer("output", (3, 2))])
    >>> [(one.tensor, one.axis, one.indices) for one in hidden.entries]
    [('hidden.0.weight', 0, ((0,), (1,))), ('hidden.0.bias', 0, ((0,), (1,))), ('output.weight', 1, ((0,), (1,)))]
    """
    found = []
    for before, after in pairwise(layers):
        count, columns = before.shape[before.output_axis], after.shape[after.input_axis]
        convolves = len(before.shape) == 4
        norm = before.name.replace("convs", "norms") if convolves and batch_norm else None
        kind: UnitKind = "channel" if convolves else "neuron"
        found.append(between(before, after, kind, in_turn(count), in_turn(count, columns // count), norm))
    return tuple(found)
