"""Optimizers of torch from settings."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from workloads.script.training import Optimizer


def optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimizer of torch in its fused form, with empty state."""
    options = settings.model_dump(exclude={"name", "decayed"})
    if settings.name == "adamw" and settings.decayed == "matrices":
        return torch.optim.AdamW(_decay_groups(parameters, settings.weight_decay), fused=True, **options)
    return OPTIMIZERS[settings.name](parameters, fused=True, **options)


def _decay_groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    """Parameter groups with and without weight decay: matrices, embeddings included; biases and norms."""
    parameters = list(parameters)
    matrices = [parameter for parameter in parameters if parameter.ndim > 1]
    vectors = [parameter for parameter in parameters if parameter.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
