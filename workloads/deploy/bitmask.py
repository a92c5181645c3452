"""Weights that are not zero, and a bit for each weight that says where they go."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from workloads.cost.storage import bitmask_bytes
from workloads.deploy.encodings import Encoding, from_rows, rows
from workloads.models.layer import Layer


class Bitmask(Encoding):
    """`values` float32 (nonzero,), row by row of the matrix (out, in), and `mask` uint8 (weights / 8, rounded up).

    The first weight is the highest bit of the first byte."""

    def encode(self, layer: Layer, weight: Tensor) -> dict[str, Tensor]:
        """See Encoding."""
        matrix = rows(layer, weight)
        kept = matrix != 0
        return {"values": matrix[kept], "mask": torch.from_numpy(np.packbits(kept.numpy()))}

    def decode(self, layer: Layer, parts: Mapping[str, Tensor]) -> Tensor:
        """See Encoding."""
        bits = torch.from_numpy(np.unpackbits(parts["mask"].numpy(), count=layer.size)).bool()
        if int(bits.sum()) != len(parts["values"]):
            raise ValueError(f"{int(bits.sum())} bits are set for {len(parts['values'])} values")
        matrix = torch.zeros(layer.size)
        matrix[bits] = parts["values"]
        outputs = layer.shape[layer.output_axis]
        return from_rows(layer, matrix.view(outputs, -1))

    def size(self, model: nn.Module, matrices: Mapping[str, Tensor]) -> int:
        """See Encoding."""
        return bitmask_bytes(model, matrices)
