"""Loss and outcome of a network over a whole split and per example."""

import torch
from torch import Tensor, nn

from workloads.data.splits import Split
from workloads.network.evaluating import evaluating
from workloads.network.loss import CLASSES, Objective, loss_of

CHUNK = 1_000  # predictions per forward pass, so that activations stay in the CPU's cache


@torch.inference_mode()
def evaluate(model: nn.Module, split: Split, objective: Objective = CLASSES) -> tuple[float, float | None]:
    """Mean loss and mean outcome over all predictions, in eval mode.

    The outcome is None if it is no mean over predictions. The model returns to its previous mode."""
    loss = outcome = 0.0
    with evaluating(model):
        for chunk in split.chunks(CHUNK):
            outputs = model(chunk.inputs)
            loss += float(objective.loss(outputs, chunk.targets, reduction="sum"))
            if objective.outcome is not None:
                outcome += float(objective.outcome(outputs, chunk.targets).sum())
    return loss / split.predictions, None if objective.outcome is None else outcome / split.predictions


@torch.inference_mode()
def correct(model: nn.Module, split: Split) -> Tensor:
    """Whether each example is classified correctly: bool (examples,), in the split's order."""
    with evaluating(model):
        return torch.cat([model(chunk.inputs).argmax(-1) == chunk.targets for chunk in split.chunks(CHUNK)])


@torch.inference_mode()
def nats(model: nn.Module, split: Split) -> Tensor:
    """The cross-entropy of each example in nats, summed over its predictions: float32 (examples,), in order."""
    with evaluating(model):
        losses = [
            loss_of(model(chunk.inputs), chunk.targets, reduction="none").view_as(chunk.targets)
            for chunk in split.chunks(CHUNK)
        ]
    return torch.cat(losses).flatten(1).sum(1)
