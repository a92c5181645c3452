"""The arithmetic of unit scores: one number for each hidden unit. Higher scores are kept."""

import torch
from torch import Tensor

from workloads.network.entries import unit_sums
from workloads.network.layer_inputs import layer_inputs
from workloads.pruning.ranking import Ranking
from workloads.pruning.scores import STATISTICS, gradients


@torch.no_grad()
def norms(ranking: Ranking, side: str, order: int) -> dict[str, Tensor]:
    """The norm of each unit's weights: incoming, or incoming and outgoing. Biases and norms do not count."""
    scores = {}
    for block in ranking.state.workload.units():
        sides = (block.incoming[0], *(block.outgoing if side == "in_out" else ()))
        powers = [unit_sums(_weight(ranking, each.tensor).abs() ** order, each) for each in sides]
        scores[block.layer] = torch.stack(powers).sum(0) ** (1 / order)
    return scores


def unit_activities(ranking: Ranking, examples: int, statistic: str) -> dict[str, Tensor]:
    """The mean of a statistic of each unit's outputs, over a probe of `examples` and all positions."""
    measure, sums, counts = STATISTICS[statistic], dict[str, Tensor | float](), dict[str, int]()
    for block in layer_inputs(ranking.state, ranking.examples, examples, ranking.seed):
        for chunk in block.chunks():
            for name, inputs in chunk.items():
                values = measure(inputs).movedim(1 if inputs.ndim == 4 else -1, 0).flatten(1)  # (features, places)
                sums[name] = sums.get(name, 0.0) + values.sum(1)
                counts[name] = counts.get(name, 0) + values.shape[1]
    scores = {}
    for units in ranking.state.workload.units():
        (outgoing,) = units.outgoing
        features = torch.tensor(outgoing.indices, device=ranking.state.device)  # (units, features of each)
        means = torch.as_tensor(sums[units.reader]) / counts[units.reader]
        scores[units.layer] = means[features].mean(1)
    return scores


def first_order(ranking: Ranking, examples: int) -> dict[str, Tensor]:
    """(sum of w dL/dw)^2 over the weights that read each unit."""
    slopes = {
        name: gradient * ranking.weights[name].detach() for name, gradient in gradients(ranking, examples).items()
    }
    return {
        block.layer: unit_sums(slopes[block.reader], block.outgoing[0]) ** 2 for block in ranking.state.workload.units()
    }


def _weight(ranking: Ranking, tensor: str) -> Tensor:
    return ranking.weights[tensor.removesuffix(".weight")].detach()
