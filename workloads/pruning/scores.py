"""The arithmetic of scores. Higher scores are kept."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.data.probe import probe
from workloads.models.chain import activations
from workloads.network.gradient import mean_gradient
from workloads.network.loss import objective
from workloads.pruning.ranking import Ranking


def gradients(ranking: Ranking, examples: int) -> Mapping[str, Tensor]:
    """The dense gradients: those of `ranking` if given, else those of the mean loss over a probe of `examples`."""
    if ranking.gradients is not None:
        return ranking.gradients
    state = ranking.state
    sample = probe(ranking.examples, examples, ranking.seed)
    return mean_gradient(state.model, state.weights, sample, objective(state.workload))


@torch.no_grad()
def activities(ranking: Ranking, examples: int, statistic: str) -> dict[str, Tensor]:
    """The activity of each weight's unit over a probe of `examples`; see the criterion `activation`."""
    ranking.state.model.eval()
    layer_inputs = activations(ranking.state.model, probe(ranking.examples, examples, ranking.seed).inputs)
    measure = STATISTICS[statistic]
    *hidden, last = ranking.weights.items()
    unit_scores = {
        name: activity(measure(activation)).view(-1, *[1] * (weight.ndim - 1)).expand_as(weight)
        for (name, weight), activation in zip(hidden, layer_inputs[1:], strict=True)
    }
    name, weight = last
    return unit_scores | {name: activity(measure(layer_inputs[-1].flatten(1))).expand_as(weight)}


def activity(values: Tensor) -> Tensor:
    """Means over examples and, if there are any, positions: (batch, units, ...) -> (units,)."""
    return values.flatten(2).mean((0, 2)) if values.ndim > 2 else values.mean(0)


def _lamp(magnitude: Tensor) -> Tensor:
    """w^2 divided by the sum of all squares at least as large; a layer's largest weight scores 1 (Lee et al. 2021)."""
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
