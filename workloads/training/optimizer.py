"""Optimizers, as torch has them."""

from collections.abc import Iterable

import torch
from torch import nn

from workloads.training.settings import Optimizer


def optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """torch's own, in its fused form, with empty state."""
    return OPTIMIZERS[settings.name](parameters, fused=True, **settings.model_dump(exclude={"name"}))


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
