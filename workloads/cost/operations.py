"""Floating-point operations by arithmetic. One multiplication and addition count as two; zeros don't count.

Counted are the prunable layers and `unpruned`, the multiplications of one example that no mask takes away (see
Workload). Left out are embeddings, biases, norms, activations, the softmax, the loss and the optimizer.
"""

from collections.abc import Mapping, Sequence

from workloads.models.layer import Layer


def forward_flops(layers: Sequence[Layer], kept: Mapping[str, int], unpruned: int = 0) -> int:
    """Of one example through the network, with `kept` weights per layer."""
    return 2 * (sum(kept[layer.name] * layer.positions for layer in layers) + unpruned)


def training_flops(layers: Sequence[Layer], kept: Mapping[str, int], unpruned: int = 0) -> int:
    """Of one example in a training step: forward, and twice as much backward (Evci et al. 2020, appendix)."""
    return 3 * forward_flops(layers, kept, unpruned)
