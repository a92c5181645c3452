"""Scores of weights: the higher, the sooner kept."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.phases import Criterion, Magnitude, Random
from workloads.randomness import generator


def scores(criterion: Criterion, weights: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """One score per weight, layer by layer, in each weight's own shape."""
    return CRITERIA[criterion.name](criterion, weights, seed)


def _random(criterion: Random, weights: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    del criterion  # it has no settings
    stream = generator(seed, "mask", 0)
    return {name: torch.rand(weight.shape, generator=stream).to(weight.device) for name, weight in weights.items()}


def _magnitude(criterion: Magnitude, weights: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    del seed  # magnitudes are what they are
    return {name: SCALES[criterion.scale](weight.detach().abs()) for name, weight in weights.items()}


def _lamp(magnitude: Tensor) -> Tensor:
    """w^2 over the sum of the squares that are at least as large: the largest of a layer scores 1 (Lee et al. 2021)."""
    squares, order = magnitude.flatten().double().square().sort(descending=True)
    score = torch.empty_like(squares)
    score[order] = (squares / squares.cumsum(0)).nan_to_num()  # a layer of zeros scores 0
    return score.view_as(magnitude)


SCALES = {
    "none": lambda magnitude: magnitude,
    "layer": lambda magnitude: (magnitude / magnitude.norm()).nan_to_num(),
    "lamp": _lamp,
}
CRITERIA = {"random": _random, "magnitude": _magnitude}
