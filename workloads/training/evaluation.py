"""Loss and outcome over a whole split, and what a network does example by example."""

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.network.evaluating import evaluating
from workloads.network.loss import CLASSES, Objective, loss_of

CHUNK = 1_000  # predictions at once: activations stay in the cache


@torch.inference_mode()
def evaluate(model: nn.Module, split: Split, objective: Objective = CLASSES) -> tuple[float, float | None]:
    """Means over all predictions of the loss and of the outcome, where it is such a mean.

    The model is in eval mode and then as it was."""
    total = judged = 0.0
    with evaluating(model):
        for chunk in split.chunks(CHUNK):
            outputs = model(chunk.inputs)
            total += float(objective.loss(outputs, chunk.targets, reduction="sum"))
            if objective.judged is not None:
                judged += float(objective.judged(outputs, chunk.targets).sum())
    return total / split.predictions, None if objective.judged is None else judged / split.predictions


@torch.inference_mode()
def correct(model: nn.Module, split: Split) -> Tensor:
    """Which examples of one prediction each are predicted right: bool (examples,), in the split's order."""
    with evaluating(model):
        return torch.cat([model(chunk.inputs).argmax(-1) == chunk.targets for chunk in split.chunks(CHUNK)])


@torch.inference_mode()
def nats(model: nn.Module, split: Split) -> Tensor:
    """The cross-entropies of each example, added up: float32 (examples,), in the split's order."""
    with evaluating(model):
        losses = [
            loss_of(model(chunk.inputs), chunk.targets, reduction="none").view_as(chunk.targets)
            for chunk in split.chunks(CHUNK)
        ]
    return torch.cat(losses).flatten(1).sum(1)
