"""What training makes small, and what networks are judged by, prediction by prediction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss

from workloads.data.splits import UNSCORED
from workloads.tasks.workload import Workload


def loss_of(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy in nats over all predictions: logits (..., classes), targets (...) from 0 or UNSCORED."""
    return cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=UNSCORED, reduction=reduction)


def squared_error_of(outputs: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Squares of the differences between outputs and targets, both (examples, numbers)."""
    return mse_loss(outputs, targets, reduction=reduction)


@dataclass(frozen=True)
class Objective:
    """The two of one workload."""

    loss: Callable[..., Tensor]  # (outputs, targets, reduction) -> a mean, a sum, or one value a prediction
    judged: Callable[[Tensor, Tensor], Tensor] | None  # the outcome of each prediction; None: it is no mean of such


LOSSES = {"cross_entropy": loss_of, "squared_error": squared_error_of}
JUDGED: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "accuracy": lambda logits, targets: logits.argmax(-1) == targets,
    "squared_error": lambda outputs, targets: squared_error_of(outputs, targets, "none"),
}
CLASSES = Objective(loss_of, JUDGED["accuracy"])


def objective(workload: Workload) -> Objective:
    """What a workload says of itself, as functions."""
    return Objective(LOSSES[workload.loss], JUDGED.get(workload.outcome.metric))
