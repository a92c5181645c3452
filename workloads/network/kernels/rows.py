"""Compressed sparse rows: where the kept weights of a mask are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from workloads.models.layer import Layer


@dataclass(frozen=True)
class Rows:
    """The places of the entries of a sparse matrix, row by row, by ascending column inside a row."""

    starts: Tensor  # int32 (rows + 1,): the first entry of each row, and the number of entries
    columns: Tensor  # int32 (entries,)

    @classmethod
    def of(cls, mask: Tensor) -> Rows:
        """The entries that are True in a mask (rows, columns)."""
        rows, columns = mask.nonzero(as_tuple=True)
        return cls(_starts(rows, len(mask)), columns.int())

    def transposed(self, columns: int) -> tuple[Rows, Tensor]:
        """The transposed matrix, of `columns` columns before, and its entries as indices of this matrix's entries.

        >>> rows, order = Rows.of(torch.tensor([[True, True], [True, False]])).transposed(2)
        >>> rows.starts.tolist(), rows.columns.tolist(), order.tolist()
        ([0, 2, 3], [0, 1, 0], [0, 2, 1])
        """
        ascending, order = self.columns.sort(stable=True)
        rows = torch.repeat_interleave(torch.arange(len(self.starts) - 1, dtype=torch.int32), self.starts.diff())
        return Rows(_starts(ascending, columns), rows[order]), order.int()


def kept_places(layer: Layer, mask: Tensor) -> Tensor:
    """int64 (kept,): the index of each kept weight in the layer's flattened weight, in the order of its rows.

    >>> layer, mask = Layer("conv1d", (2, 3), inputs_first=True), torch.tensor([[1, 0, 1], [1, 1, 0]]).bool()
    >>> kept_places(layer, mask)
    tensor([0, 3, 4, 2])
    """
    places = torch.arange(mask.numel()).view(mask.shape)
    return layer.matrix(places)[layer.matrix(mask)]


def stacked(rows: Sequence[Rows], widths: Sequence[int]) -> Rows:
    """The layers of a perceptron as one matrix: a row for each unit after the inputs, a column for each unit.

    Units are numbered from the first input to the last output. `widths`: units before each layer, input by input."""
    first_entry = first_unit = 0
    starts, columns = [torch.zeros(1, dtype=torch.int32)], []
    for layer, width in zip(rows, widths, strict=True):
        starts.append(layer.starts[1:] + first_entry)
        columns.append(layer.columns + first_unit)
        first_entry += len(layer.columns)
        first_unit += width
    return Rows(torch.cat(starts), torch.cat(columns))


def rows_of(layers: Sequence[Layer], masks: Mapping[str, Tensor]) -> list[Rows]:
    """The compressed rows of each layer's mask."""
    return [Rows.of(layer.matrix(masks[layer.name])) for layer in layers]


def _starts(rows: Tensor, count: int) -> Tensor:
    """The first entry of each of `count` rows, from the ascending rows of all entries; then the number of entries."""
    return torch.searchsorted(rows.contiguous(), torch.arange(count + 1, dtype=rows.dtype)).int()
