"""The probe: a fixed random sample of training examples."""

import torch

from workloads.data.splits import Examples, Split
from workloads.randomness import generator


def probe(examples: Examples, size: int, seed: int) -> Split:
    """`size` examples, or all if there are fewer. A smaller probe of the same seed is the beginning of a larger one."""
    indices = torch.randperm(examples.count, generator=generator(seed, "probe"))[:size].to(examples.device)
    return examples.take(indices)
