"""Scores of weights: the higher, the sooner kept."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.phases import Criterion
from workloads.randomness import generator


def scores(criterion: Criterion, weights: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """One score per weight, layer by layer, in each weight's own shape."""
    return CRITERIA[criterion.name](weights, seed)


def _random(weights: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    stream = generator(seed, "mask", 0)
    return {name: torch.rand(weight.shape, generator=stream).to(weight.device) for name, weight in weights.items()}


CRITERIA = {"random": _random}
