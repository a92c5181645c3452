"""The batches of a training, as its loop takes them."""

from collections.abc import Iterator

from torch import Tensor

from workloads.data.splits import Examples
from workloads.training.loop import orders


def batches(examples: Examples, batch_size: int, seed: int, start: int, stop: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs and targets at the positions from `start` to `stop` - 1."""
    for order in orders(examples, batch_size, seed, start, stop):
        batch = examples.take(order)
        yield batch.inputs, batch.targets
