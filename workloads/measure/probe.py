"""A fixed choice of training examples."""

import torch

from workloads.data.images import Split
from workloads.randomness import generator


def probe(split: Split, size: int, seed: int) -> Split:
    """`size` examples of `split`, or all where it has fewer; with another size the first ones are the same."""
    chosen = torch.randperm(len(split.targets), generator=generator(seed, "probe"))[:size].to(split.targets.device)
    return Split(split.inputs[chosen], split.targets[chosen])
