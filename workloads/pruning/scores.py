"""The arithmetic of scores of weights: the higher, the sooner kept."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.data.probe import probe
from workloads.models.chain import activations
from workloads.network.gradient import mean_gradient
from workloads.network.loss import objective
from workloads.pruning.ranking import Ranking


def gradients(ranking: Ranking, examples: int) -> Mapping[str, Tensor]:
    """The dense gradients: those that are known, else those of the mean loss over so many examples."""
    if ranking.gradients is not None:
        return ranking.gradients
    state = ranking.state
    chosen = probe(ranking.examples, examples, ranking.seed)
    return mean_gradient(state.model, state.weights, chosen, objective(state.workload))


@torch.no_grad()
def activities(ranking: Ranking, examples: int, statistic: str) -> dict[str, Tensor]:
    """How active the unit of each weight is on so many examples, see the criterion `activation`."""
    ranking.state.model.eval()
    flowing = activations(ranking.state.model, probe(ranking.examples, examples, ranking.seed).inputs)
    measured = STATISTICS[statistic]
    *hidden, last = ranking.weights.items()
    scored = {
        name: activity(measured(activation)).view(-1, *[1] * (weight.ndim - 1)).expand_as(weight)
        for (name, weight), activation in zip(hidden, flowing[1:], strict=True)
    }
    name, weight = last
    return scored | {name: activity(measured(flowing[-1].flatten(1))).expand_as(weight)}


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
