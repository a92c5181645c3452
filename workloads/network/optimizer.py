"""Optimizers of torch from settings."""

from collections.abc import Iterable
from inspect import unwrap
from typing import Any

import torch
from torch import nn

from workloads.script.training import Optimizer

UNCOMPILED = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")  # methods that torch never compiles


def optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimizer of torch in its fused form, with empty state."""
    _spare_compiler()
    options = settings.model_dump(exclude={"name", "decayed"})
    if settings.name == "adamw" and settings.decayed == "matrices":
        return torch.optim.AdamW(_decay_groups(parameters, settings.weight_decay), fused=True, **options)
    return OPTIMIZERS[settings.name](parameters, fused=True, **options)


def step(optimizer: torch.optim.Optimizer) -> None:
    """One step of the optimizer: the function inside `optimizer.step`, without what that asks of torch's compiler."""
    with torch.no_grad():
        unwrap(type(optimizer).step)(optimizer)


def _spare_compiler() -> None:
    """Let torch's optimizers call their methods without importing torch's compiler, which nothing here uses.

    They import it to tell it not to compile these methods, which takes 2 seconds and 160 MB in each process. Each looks
    first whether the function that it wraps has this attribute. Where a later torch does not, this has no effect.
    """
    for name in UNCOMPILED:
        method = getattr(getattr(torch.optim.Optimizer, name), "__wrapped__", None)
        if method is not None and not hasattr(method, "__dynamo_disable"):
            setattr(method, "__dynamo_disable", method)


def _decay_groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    """Parameter groups with and without weight decay: matrices, embeddings included; biases and norms."""
    parameters = list(parameters)
    matrices = [parameter for parameter in parameters if parameter.ndim > 1]
    vectors = [parameter for parameter in parameters if parameter.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
