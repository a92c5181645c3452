"""The probe: a fixed random sample of training examples, plain or with equally many of each class."""

import torch
from torch.nn.functional import one_hot

from workloads.data.splits import Examples, Split
from workloads.randomness import generator


def probe(examples: Examples, size: int, seed: int) -> Split:
    """`size` examples, or all if there are fewer. A smaller probe of the same seed is the beginning of a larger one."""
    indices = torch.randperm(examples.count, generator=generator(seed, "probe"))[:size].to(examples.device)
    return examples.take(indices)


def balanced_probe(examples: Split, per_class: int, seed: int) -> Split:
    """The first `per_class` examples of each class in the order of the probe; all of a class with fewer."""
    order = torch.randperm(examples.count, generator=generator(seed, "probe")).to(examples.device)
    targets = examples.targets[order]
    places = one_hot(targets).cumsum(0).gather(1, targets[:, None]).flatten()  # of each example in its class, from 1
    return examples.take(order[places <= per_class])
