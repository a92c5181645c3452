"""How the weight of one prunable layer is stored in a file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from torch import Tensor, nn

from workloads.cost.storage import dense_bytes
from workloads.models.layer import Layer


class Encoding(ABC):
    """A weight as one or more tensors, each called a part."""

    exact: bool = True  # whether decoding gives the same weights bit for bit, the sign of zeros aside

    @abstractmethod
    def encode(self, layer: Layer, weight: Tensor) -> dict[str, Tensor]:
        """The parts of a weight in the layer's shape. Raises UsageError for weights that the encoding cannot hold."""

    @abstractmethod
    def decode(self, layer: Layer, parts: Mapping[str, Tensor]) -> Tensor:
        """The weight in the layer's shape. Raises LookupError, RuntimeError or ValueError for parts that are none."""

    @abstractmethod
    def size(self, model: nn.Module, matrices: Mapping[str, Tensor]) -> int:
        """Bytes of all parameters by arithmetic, see workloads.cost.storage; `matrices` are the prunable weights."""


class Plain(Encoding):
    """The weight as it is."""

    def encode(self, layer: Layer, weight: Tensor) -> dict[str, Tensor]:
        """See Encoding: the only part has no name."""
        del layer
        return {"": weight}

    def decode(self, layer: Layer, parts: Mapping[str, Tensor]) -> Tensor:
        """See Encoding."""
        return parts[""].view(layer.shape)

    def size(self, model: nn.Module, matrices: Mapping[str, Tensor]) -> int:
        """See Encoding."""
        del matrices
        return dense_bytes(model)


def rows(layer: Layer, weight: Tensor) -> Tensor:
    """A weight as (out, in), a kernel as (out, in x height x width)."""
    return layer.matrix(weight).flatten(1)


def from_rows(layer: Layer, matrix: Tensor) -> Tensor:
    """The inverse of `rows`.

    >>> import torch
    >>> layer, weight = Layer("conv1d", (2, 3), inputs_first=True), torch.arange(6).view(2, 3)
    >>> rows(layer, weight).tolist(), from_rows(layer, rows(layer, weight)).tolist()
    ([[0, 3], [1, 4], [2, 5]], [[0, 1, 2], [3, 4, 5]])
    """
    return layer.matrix(matrix) if len(layer.shape) == 2 else matrix.view(layer.shape)
