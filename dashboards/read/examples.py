"""Outcomes by example: which images a network classified correctly, how many bits it took for each window of text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from dashboards import schema
from dashboards.read.tensors import tensors_at


@dataclass(frozen=True)
class ExampleOutcomes:
    """The outcomes of one network at the last step on every example of a split, in the order of the split."""

    split: str  # test; val where the workload has no test set
    count: int
    stored: np.ndarray  # classifiers: uint8, eight examples each; language models: float32, one window each
    characters: int | None  # in the split's targets; None for classifiers

    @property
    def metric(self) -> str:
        """The metric of the mean of `values`, named as in outcomes."""
        return "accuracy" if self.characters is None else "bits_per_character"

    @cached_property
    def values(self) -> np.ndarray:
        """Values (count,). Classifiers: 1 for a correct prediction, else 0.

        Language models: bits per character, scaled so that their mean over windows of any length is the value of the
        whole split.
        """
        if self.characters is None:
            return np.unpackbits(self.stored, count=self.count).astype(np.float32)
        return self.stored * np.float32(self.count / (log(2) * self.characters))


def examples_at(address: str) -> ExampleOutcomes | None:
    """Reads a run's artifact; None if it is on another machine, missing or damaged."""
    metadata, tensors = tensors_at(address)
    try:
        split, count = metadata[schema.SPLIT], int(metadata[schema.EXAMPLES_SCORED])
        if schema.CORRECT in tensors:
            outcomes = ExampleOutcomes(split, count, tensors[schema.CORRECT], None)
            complete = outcomes.stored.size == (count + 7) // 8
        else:
            outcomes = ExampleOutcomes(split, count, tensors[schema.NATS], int(metadata[schema.CHARACTERS]))
            complete = outcomes.stored.size == count
    except (KeyError, ValueError):
        return None
    return outcomes if complete else None
