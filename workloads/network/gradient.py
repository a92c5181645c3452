"""The dense gradient of a network, on as many examples as one likes."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.network.loss import CLASSES, Objective

CHUNK = 16_384  # predictions at once: what a language model of many tokens takes of memory


def mean_gradient(
    model: nn.Module, weights: Mapping[str, nn.Parameter], split: Split, objective: Objective = CLASSES
) -> dict[str, Tensor]:
    """The gradient of the mean loss over all predictions of a split, dense, the model in eval mode."""
    model.eval()
    parameters, scored = list(weights.values()), split.predictions
    total: list[Tensor] = []
    for chunk in split.chunks(CHUNK):
        mean = objective.loss(model(chunk.inputs), chunk.targets)
        gradients = torch.autograd.grad(mean * (chunk.predictions / scored), parameters)
        total = [before + now for before, now in zip(total, gradients, strict=True)] if total else list(gradients)
    return dict(zip(weights, total, strict=True))
