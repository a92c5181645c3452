"""The dense gradient of a network on any number of examples."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.network.loss import CLASSES, Objective

CHUNK = 16_384  # predictions per forward pass: bounds the memory of language models


def mean_gradient(
    model: nn.Module, weights: Mapping[str, nn.Parameter], split: Split, objective: Objective = CLASSES
) -> dict[str, Tensor]:
    """The dense gradient of the mean loss over all predictions of a split: layer name -> tensor in the weight's shape.

    Leaves the model in eval mode."""
    model.eval()
    parameters, predictions = list(weights.values()), split.predictions
    total: list[Tensor] = []
    for chunk in split.chunks(CHUNK):
        mean = objective.loss(model(chunk.inputs), chunk.targets)
        gradients = torch.autograd.grad(mean * (chunk.predictions / predictions), parameters)
        total = [part + gradient for part, gradient in zip(total, gradients, strict=True)] if total else list(gradients)
    return dict(zip(weights, total, strict=True))
