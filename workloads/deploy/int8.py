"""Symmetric quantization to 8 bits, one scale for each output (Jacob et al. 2018; Krishnamoorthi 2018).

The zero point is 0, so a weight that is zero stays exactly zero. Biases, norms and embeddings stay float32."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workloads.cost.storage import int8_bytes
from workloads.deploy.encodings import Encoding, from_rows, rows
from workloads.errors import UsageError
from workloads.models.layer import Layer

LARGEST = 127  # -128 is left out, so that the range is symmetric


class Int8(Encoding):
    """`values` int8 (out, in) and `scales` float32 (out,); a weight is its value times the scale of its output."""

    exact = False

    def encode(self, layer: Layer, weight: Tensor) -> dict[str, Tensor]:
        """See Encoding."""
        matrix = rows(layer, weight)
        if broken := int((~matrix.isfinite()).sum()):
            raise UsageError(
                f"{layer.name} has {broken:,} weights that are infinite or no numbers, and int8 has no place for "
                "them: the network has diverged; export a run that has not, or use --to dense"
            )
        scales = row_scales(matrix)
        return {"values": (matrix / scales[:, None]).round().to(torch.int8), "scales": scales}

    def decode(self, layer: Layer, parts: Mapping[str, Tensor]) -> Tensor:
        """See Encoding."""
        return from_rows(layer, parts["values"] * parts["scales"][:, None])

    def size(self, model: nn.Module, matrices: Mapping[str, Tensor]) -> int:
        """See Encoding."""
        return int8_bytes(model, matrices)


def row_scales(matrix: Tensor) -> Tensor:
    """The step of each row (rows,): its largest absolute value takes 127 steps. Rows of zeros have the step 1,
    and so have rows whose step would be too small to divide by exactly.

    >>> row_scales(torch.tensor([[0.0, -254.0], [0.0, 0.0]])).tolist()
    [2.0, 1.0]
    """
    scales = matrix.abs().amax(1) / LARGEST
    return scales.where(scales >= torch.finfo(scales.dtype).tiny, 1.0)
