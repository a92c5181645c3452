"""Losses and outcomes, prediction by prediction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss

from workloads.data.splits import UNSCORED
from workloads.tasks.workload import Workload


def loss_of(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy in nats: logits (..., classes), targets (...), which are classes from 0 or UNSCORED."""
    return cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=UNSCORED, reduction=reduction)


def squared_error_of(outputs: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Squared error: outputs and targets (examples, numbers)."""
    return mse_loss(outputs, targets, reduction=reduction)


@dataclass(frozen=True)
class Objective:
    """The loss and the outcome of a workload as functions."""

    loss: Callable[..., Tensor]  # (outputs, targets, reduction) -> mean, sum, or one value per prediction
    outcome: Callable[[Tensor, Tensor], Tensor] | None  # (outputs, targets) -> one value per prediction;
    # None: the outcome is no mean over predictions


LOSSES = {"cross_entropy": loss_of, "squared_error": squared_error_of}
OUTCOMES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "accuracy": lambda logits, targets: logits.argmax(-1) == targets,
    "squared_error": lambda outputs, targets: squared_error_of(outputs, targets, "none"),
}
CLASSES = Objective(loss_of, OUTCOMES["accuracy"])


def objective(workload: Workload) -> Objective:
    """The loss and the outcome that a workload names."""
    return Objective(LOSSES[workload.loss], OUTCOMES.get(workload.outcome.metric))
