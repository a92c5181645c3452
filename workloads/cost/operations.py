"""Floating-point operations by arithmetic. A multiplication with its addition counts as two; zeros do not count.

The counts include the prunable layers and `unpruned`, the multiplications per example that no mask removes (see
Workload). They leave out embeddings, biases, norms, activations, the softmax, the loss and the optimizer.
"""

from collections.abc import Mapping, Sequence

from workloads.models.layer import Layer


def forward_flops(layers: Sequence[Layer], counts: Mapping[str, int], unpruned: int = 0) -> int:
    """FLOPs of one example forward through the network. `counts`: layer name -> number of weights."""
    return 2 * (sum(counts[layer.name] * layer.positions for layer in layers) + unpruned)


def training_flops(layers: Sequence[Layer], counts: Mapping[str, int], unpruned: int = 0) -> int:
    """FLOPs of one example in a training step: forward, and twice as many backward (Evci et al. 2020, appendix)."""
    return 3 * forward_flops(layers, counts, unpruned)


def dense_gradient_flops(layers: Sequence[Layer], counts: Mapping[str, int]) -> int:
    """FLOPs of one example that a training step takes more if it computes the gradients of removed weights too.

    With them a step takes twice the forward FLOPs of the sparse network and once those of the dense network (Evci et
    al. 2020, appendix)."""
    return 2 * sum((layer.size - counts[layer.name]) * layer.positions for layer in layers)
