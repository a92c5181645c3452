"""Loss and accuracy over a whole split."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from workloads.data.images import Split

CHUNK = 1_000  # examples at once: activations stay in the cache


@torch.inference_mode()
def evaluate(model: nn.Module, split: Split) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy, the model in eval mode and then as it was."""
    training = model.training
    model.eval()
    loss = correct = 0.0
    for inputs, targets in zip(split.inputs.split(CHUNK), split.targets.split(CHUNK)):
        logits = model(inputs)
        loss += float(cross_entropy(logits, targets, reduction="sum"))
        correct += int((logits.argmax(1) == targets).sum())
    model.train(training)
    return loss / len(split.targets), correct / len(split.targets)
