"""The training loop."""

import time
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from workloads.data.images import Split
from workloads.errors import Diverged
from workloads.measure.flops import training_flops
from workloads.randomness import generator
from workloads.training.optimizer import learning_rate
from workloads.training.settings import Training
from workloads.training.state import State


def batches(split: Split, batch_size: int, seed: int, start: int, stop: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of the positions `start` to `stop`: every epoch in its own order, its last partial batch dropped."""
    per_epoch = len(split.targets) // batch_size
    epoch = None
    for position in range(start, stop):
        if position // per_epoch != epoch:
            epoch = position // per_epoch
            order = torch.randperm(len(split.targets), generator=generator(seed, "order", epoch))
            order = order.to(split.targets.device)
        first = position % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        yield split.inputs[chosen], split.targets[chosen]


def train(
    state: State, split: Split, training: Training, steps: int, seed: int, start: int, stop: int
) -> dict[str, float]:
    """Take the steps of the positions `start` to `stop` of a training of `steps`; the means of loss and accuracy.

    Each step: dense gradient, masked, clipped, stepped. Since removed weights and their optimizer state were
    set to zero once, a masked gradient leaves them exactly zero. Raises Diverged.
    """
    masked = [(state.weight(name), mask) for name, mask in state.masks.items() if not bool(mask.all())]
    weights = [weight for weight, _ in masked]
    masks = [mask.to(weight.dtype) for weight, mask in masked]
    parameters = list(state.model.parameters())
    device = split.targets.device
    loss_sum = torch.zeros((), device=device)
    correct = torch.zeros((), dtype=torch.int64, device=device)
    state.model.train()
    begun = time.perf_counter()
    for position, (inputs, targets) in enumerate(batches(split, training.batch_size, seed, start, stop), start):
        logits = state.model(inputs)
        loss = cross_entropy(logits, targets)
        loss.backward()
        if weights:
            torch._foreach_mul_([weight.grad for weight in weights], masks)
        if training.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, training.clip_norm)
        for group in state.optimizer.param_groups:
            group["lr"] = learning_rate(training, steps, position)
        state.optimizer.step()
        state.optimizer.zero_grad()
        loss_sum += loss.detach()
        correct += (logits.argmax(1) == targets).sum()
    taken = stop - start
    mean = float(loss_sum) / taken  # waits for the device, so the clock below is right on a GPU too
    seconds = time.perf_counter() - begun
    state.step += taken
    state.seconds += seconds
    state.path_seconds += seconds
    state.flops += taken * training.batch_size * training_flops(state.layers, state.kept)
    if not torch.isfinite(loss_sum):
        raise Diverged(f"the training loss is {mean} at step {state.step}; try a lower learning rate or clip_norm")
    return {"train/loss": mean, "train/accuracy": int(correct) / (taken * training.batch_size)}
