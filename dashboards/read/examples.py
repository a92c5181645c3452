"""What networks did example by example: which images they got right, how many bits a window of text took them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from dashboards import schema
from dashboards.read.tensors import tensors_at


@dataclass(frozen=True)
class ExampleOutcomes:
    """One network's last state on every example of a split, in the order of the split."""

    split: str  # test; val where the workload has no test set
    count: int
    stored: np.ndarray  # uint8, eight examples each; or float32, one window each
    characters: int | None  # that the split's targets spell; None: of classifiers

    @property
    def metric(self) -> str:
        """What the mean of `values` is, as outcomes name it."""
        return "accuracy" if self.characters is None else "bits_per_character"

    @cached_property
    def values(self) -> np.ndarray:
        """(count,): 1 where it is right, 0 where it is wrong; of windows, bits a character in units whose mean over
        windows of any length is the figure of the whole split."""
        if self.characters is None:
            return np.unpackbits(self.stored, count=self.count).astype(np.float32)
        return self.stored * np.float32(self.count / (log(2) * self.characters))


def examples_at(address: str) -> ExampleOutcomes | None:
    """Those of a run's artifact; None where it is not on this machine, not there, or damaged."""
    metadata, tensors = tensors_at(address)
    try:
        split, count = metadata[schema.SPLIT], int(metadata[schema.EXAMPLES_SCORED])
        if schema.CORRECT in tensors:
            found = ExampleOutcomes(split, count, tensors[schema.CORRECT], None)
            whole = found.stored.size == (count + 7) // 8
        else:
            found = ExampleOutcomes(split, count, tensors[schema.NATS], int(metadata[schema.CHARACTERS]))
            whole = found.stored.size == count
    except (KeyError, ValueError):
        return None
    return found if whole else None
