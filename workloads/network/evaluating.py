"""A network that is to be looked at and not trained."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The model in eval mode: no dropout, BatchNorm by its running statistics and without moving them.

    Afterwards every module is in the mode that it was in, also where something went wrong."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training
