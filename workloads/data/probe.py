"""A fixed choice of training examples."""

import torch

from workloads.data.splits import Examples, Split
from workloads.randomness import generator


def probe(examples: Examples, size: int, seed: int) -> Split:
    """`size` of the examples, or all where there are fewer; with another size the first ones are the same."""
    chosen = torch.randperm(examples.count, generator=generator(seed, "probe"))[:size].to(examples.device)
    return examples.take(chosen)
