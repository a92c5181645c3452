"""Optimizers, as torch has them."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from workloads.script.training import Optimizer


def optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """torch's own, in its fused form, with empty state."""
    given = settings.model_dump(exclude={"name", "decayed"})
    if settings.name == "adamw" and settings.decayed == "matrices":
        return torch.optim.AdamW(_matrices_alone(parameters, settings.weight_decay), fused=True, **given)
    return OPTIMIZERS[settings.name](parameters, fused=True, **given)


def _matrices_alone(parameters: Iterable[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    """Two groups: what decays, embeddings included, and what does not: biases and norms."""
    parameters = list(parameters)
    matrices = [parameter for parameter in parameters if parameter.ndim > 1]
    others = [parameter for parameter in parameters if parameter.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
