"""The masks of trained networks, a bit per weight, out of the artifacts in which they stand beside the weights."""

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
    """Which weights of a layer are kept."""

    bits: np.ndarray  # uint8, eight weights each, row by row; behind the last weight are zeros
    shape: tuple[int, ...]  # of the layer's weight

    @property
    def size(self) -> int:
        """Weights, kept or not."""
        return prod(self.shape)

    @property
    def kept(self) -> int:
        """Weights kept."""
        return int(np.bitwise_count(self.bits).sum())

    def common(self, other: Mask) -> int:
        """Weights that both keep, of two masks of one shape."""
        return int(np.bitwise_count(self.bits & other.bits).sum())

    def places(self) -> np.ndarray:
        """True where a weight is kept, in the weight's shape."""
        return np.unpackbits(self.bits, count=self.size).astype(bool).reshape(self.shape)


Masks = Mapping[str, Mask]  # of one network, by layer


def masks_at(address: str) -> Masks:
    """The masks in a run's artifact; none where it is not on this machine, not there, or damaged."""
    shapes, tensors = tensors_at(address, lambda name: name.startswith(schema.MASK))
    try:
        return {
            name.removeprefix(schema.MASK): Mask(bits, tuple(json.loads(shapes[name])))
            for name, bits in tensors.items()
        }
    except (KeyError, ValueError):
        return {}
