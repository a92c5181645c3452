"""Compressed sparse rows: the values of each row, their columns, and where each row starts."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workloads.cost.storage import csr_bytes
from workloads.deploy.encodings import Encoding, from_rows, rows
from workloads.models.layer import Layer
from workloads.network.kernels.rows import Rows


class CompressedRows(Encoding):
    """`values` float32 (nonzero,), `columns` int32 (nonzero,) and `starts` int32 (out + 1,).

    A row is an output; a kernel has in x height x width columns."""

    def encode(self, layer: Layer, weight: Tensor) -> dict[str, Tensor]:
        """See Encoding."""
        matrix = rows(layer, weight)
        places = Rows.of(matrix != 0)
        return {"values": matrix[matrix != 0], "columns": places.columns, "starts": places.starts}

    def decode(self, layer: Layer, parts: Mapping[str, Tensor]) -> Tensor:
        """See Encoding."""
        outputs = layer.shape[layer.output_axis]
        lengths, columns = parts["starts"].diff(), parts["columns"].long()
        if len(lengths) != outputs or not int(lengths.sum()) == len(columns) == len(parts["values"]):
            raise ValueError(f"{len(lengths)} rows with {int(lengths.sum())} entries do not fit {len(columns)} columns")
        matrix = torch.zeros(outputs, layer.size // outputs)
        matrix[torch.repeat_interleave(torch.arange(outputs), lengths), columns] = parts["values"]
        return from_rows(layer, matrix)

    def size(self, model: nn.Module, matrices: Mapping[str, Tensor]) -> int:
        """See Encoding."""
        return csr_bytes(model, matrices)
