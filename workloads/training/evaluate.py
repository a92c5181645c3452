"""Loss and accuracy over a whole split."""

import torch
from torch import nn

from workloads.data.splits import Split
from workloads.training.loss import loss_of

CHUNK = 1_000  # predictions at once: activations stay in the cache


@torch.inference_mode()
def evaluate(model: nn.Module, split: Split) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy over all predictions, the model in eval mode and then as it was."""
    training = model.training
    model.eval()
    total = correct = 0.0
    for chunk in split.chunks(CHUNK):
        logits = model(chunk.inputs)
        total += float(loss_of(logits, chunk.targets, reduction="sum"))
        correct += int((logits.argmax(-1) == chunk.targets).sum())
    model.train(training)
    return total / split.scored, correct / split.scored
