"""The probe: a fixed random sample of training examples, plain or with equally many of each class."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from workloads.data.splits import Examples, Split
from workloads.randomness import generator


def probe(examples: Examples, size: int, seed: int) -> Split:
    """`size` examples, or all if there are fewer. A smaller probe of the same seed is the beginning of a larger one."""
    return examples.take(_order(examples, seed)[:size])


def balanced_probe(examples: Split, per_class: int, seed: int) -> Split:
    """The first `per_class` examples of each class in the order of the probe; all of a class with fewer."""
    order = _order(examples, seed)
    targets = examples.targets[order]
    places = one_hot(targets).cumsum(0).gather(1, targets[:, None]).flatten()  # of each example in its class, from 1
    return examples.take(order[places <= per_class])


def _order(examples: Examples, seed: int) -> Tensor:
    """All indices in the order of the probe."""
    return torch.randperm(examples.count, generator=generator(seed, "probe")).to(examples.device)
