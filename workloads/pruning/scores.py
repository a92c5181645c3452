"""Scores of weights: the higher, the sooner kept."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from workloads.data.probe import probe
from workloads.data.splits import Examples
from workloads.models.chain import activations
from workloads.network.gradient import mean_gradient
from workloads.network.state import State
from workloads.randomness import generator
from workloads.script.criteria import Activation, Criterion, Gradient, Magnitude, Random, Saliency

Weights = Mapping[str, Tensor]  # by layer, from input to output


def scores(criterion: Criterion, weights: Weights, state: State, examples: Examples, seed: int) -> dict[str, Tensor]:
    """One score per weight, layer by layer, in each weight's own shape.

    `weights` are those of `state`, or what they would be without their masks. Criteria that ask the network ask it as
    it stands, in eval mode, on a fixed choice of `examples`.
    """
    return CRITERIA[criterion.name](criterion, weights, state, examples, seed)


def _random(criterion: Random, weights: Weights, state: State, examples: Examples, seed: int) -> dict[str, Tensor]:
    del criterion, state, examples  # they don't matter
    stream = generator(seed, "scores")
    return {name: torch.rand(weight.shape, generator=stream).to(weight.device) for name, weight in weights.items()}


def _magnitude(
    criterion: Magnitude, weights: Weights, state: State, examples: Examples, seed: int
) -> dict[str, Tensor]:
    del state, examples, seed  # magnitudes are what they are
    return {name: SCALES[criterion.scale](weight.detach().abs()) for name, weight in weights.items()}


def _gradient(
    criterion: Gradient | Saliency, weights: Weights, state: State, examples: Examples, seed: int
) -> dict[str, Tensor]:
    del weights  # the gradient is that of the network as it stands
    gradients = mean_gradient(state.model, state.weights, probe(examples, criterion.examples, seed))
    return {name: gradient.abs() for name, gradient in gradients.items()}


def _saliency(criterion: Saliency, weights: Weights, state: State, examples: Examples, seed: int) -> dict[str, Tensor]:
    gradients = _gradient(criterion, weights, state, examples, seed)
    return {name: gradient * weights[name].detach().abs() for name, gradient in gradients.items()}


@torch.no_grad()
def _activation(
    criterion: Activation, weights: Weights, state: State, examples: Examples, seed: int
) -> dict[str, Tensor]:
    state.model.eval()
    flowing = activations(state.model, probe(examples, criterion.examples, seed).inputs)
    statistic = STATISTICS[criterion.statistic]
    *hidden, last = weights.items()
    scored = {
        name: activity(statistic(activation)).view(-1, *[1] * (weight.ndim - 1)).expand_as(weight)
        for (name, weight), activation in zip(hidden, flowing[1:], strict=True)
    }
    name, weight = last
    return scored | {name: activity(statistic(flowing[-1].flatten(1))).expand_as(weight)}


def activity(values: Tensor) -> Tensor:
    """Means over examples, and over positions where there are any: (batch, units, ...) -> (units,)."""
    return values.flatten(2).mean((0, 2)) if values.ndim > 2 else values.mean(0)


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
STATISTICS = {"mean_absolute": torch.abs, "apoz": lambda activation: (activation != 0).float()}
CRITERIA: dict[str, Callable[[Any, Weights, State, Examples, int], dict[str, Tensor]]] = {
    "random": _random,
    "magnitude": _magnitude,
    "gradient": _gradient,
    "saliency": _saliency,
    "activation": _activation,
}
