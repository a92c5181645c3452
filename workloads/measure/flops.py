"""Floating-point operations by arithmetic. One multiplication and addition count as two; zeros don't count.

Counted are the prunable layers; biases, activations, the loss and the optimizer are left out.
"""

from collections.abc import Mapping, Sequence

from workloads.workload import Layer


def forward_flops(layers: Sequence[Layer], kept: Mapping[str, int]) -> int:
    """Of one example through the network, with `kept` weights per layer."""
    return sum(2 * kept[layer.name] * layer.positions for layer in layers)


def training_flops(layers: Sequence[Layer], kept: Mapping[str, int]) -> int:
    """Of one example in a training step: forward, and twice as much backward (Evci et al. 2020, appendix)."""
    return 3 * forward_flops(layers, kept)
