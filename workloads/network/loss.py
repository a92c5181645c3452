"""What training makes small."""

from torch import Tensor
from torch.nn.functional import cross_entropy

from workloads.data.splits import UNSCORED


def loss_of(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy in nats over all predictions: logits (..., classes), targets (...) from 0 or UNSCORED."""
    return cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=UNSCORED, reduction=reduction)
