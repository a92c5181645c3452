"""The masks of trained networks, one bit per weight, read from the artifacts that hold weights and masks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from dashboards import schema
from dashboards.read.tensors import tensors_at


@dataclass(frozen=True)
class Mask:
    """The weights that a layer keeps."""

    bits: np.ndarray  # uint8, eight weights each, row by row; padded with zeros
    shape: tuple[int, ...]  # of the layer's weight

    @property
    def size(self) -> int:
        """Number of weights, kept or removed."""
        return prod(self.shape)

    @property
    def kept(self) -> int:
        """Number of weights kept."""
        return int(np.bitwise_count(self.bits).sum())

    def common(self, other: Mask) -> int:
        """Number of weights that both masks keep; the masks have the same shape."""
        return int(np.bitwise_count(self.bits & other.bits).sum())

    def places(self) -> np.ndarray:
        """The mask as booleans in the weight's shape; True: kept."""
        return np.unpackbits(self.bits, count=self.size).astype(bool).reshape(self.shape)


Masks = Mapping[str, Mask]  # of one network, by layer


def masks_at(address: str) -> Masks:
    """The masks in a run's artifact; empty if it is on another machine, missing or damaged."""
    shapes, tensors = tensors_at(address, lambda name: name.startswith(schema.MASK))
    try:
        return {
            name.removeprefix(schema.MASK): Mask(bits, tuple(json.loads(shapes[name])))
            for name, bits in tensors.items()
        }
    except (KeyError, ValueError):
        return {}
