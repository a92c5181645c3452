"""The training loop."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import torch
from torch import Tensor, nn

from workloads.cost.operations import training_flops
from workloads.data.splits import Examples
from workloads.errors import Diverged
from workloads.network.groups import grouped
from workloads.network.loss import objective
from workloads.network.rule_context import GRADIENT, NONE, Intervention
from workloads.network.state import SinceLook, State
from workloads.randomness import generator, stream
from workloads.script.learning_rate import learning_rate
from workloads.script.phases import Train
from workloads.script.training import Precision, Training


def batches(examples: Examples, batch_size: int, seed: int, start: int, stop: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches at positions from `start` to `stop` - 1: (inputs, targets).

    Every epoch has its own order, a function of the seed and the epoch; its last partial batch is dropped."""
    per_epoch = examples.batches(batch_size)
    epoch = None
    for position in range(start, stop):
        if position // per_epoch != epoch:
            epoch = position // per_epoch
            order = torch.randperm(examples.count, generator=generator(seed, "batches", epoch)).to(examples.device)
        first = position % per_epoch * batch_size
        batch = examples.take(order[first : first + batch_size])
        yield batch.inputs, batch.targets


def train(
    state: State,
    examples: Examples,
    phase: Train,
    steps: int,
    seed: int,
    precision: Precision = "float32",
    intervention: Intervention = NONE,
) -> None:
    """Train over the positions of `phase`, a part of a training of `steps` steps.

    Each step computes the dense gradient, masks it, clips it and calls the optimizer. Removed weights and their
    optimizer buffers are zero already, so a masked gradient leaves them exactly zero. In bfloat16 the weights stay
    float32 and autocast rounds the activations (Micikevicius et al. 2018). A rule acts through `intervention`.
    Raises Diverged if the loss is no longer finite.
    """
    training, each_step = state.workload.training, intervention.each_step
    rate = learning_rates(phase, training, steps)
    pairs = [(state.weight(name), mask) for name, mask in state.masks.items() if not bool(mask.all())]
    weights = [weight for weight, _ in pairs]
    masks = [torch.empty_like(weight.detach()).copy_(mask) for weight, mask in pairs]  # in the weights' memory format
    parameters = list(state.model.parameters())
    loss_of, accuracy = objective(state.workload).loss, state.workload.outcome.metric == "accuracy"
    losses, predictions, labels = [], [], []
    rounding = torch.autocast(state.device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()
    state.model.train()
    with_dropout = any(layer.p > 0 for layer in state.model.modules() if isinstance(layer, nn.Dropout))
    start_time = time.perf_counter()
    data = batches(examples, training.batch_size, seed, phase.start, phase.stop)
    for position, (inputs, targets) in enumerate(data, phase.start):
        dropout = seeded_dropout(seed, position, state.device) if with_dropout else nullcontext()
        with rounding, dropout:
            logits = state.model(inputs)
            mean = loss_of(logits, targets)
        mean.backward()
        if position >= intervention.gradients_from:
            sum_gradients(state)
        if each_step.gradients is not None:
            each_step.gradients(position)
        if weights:
            torch._foreach_mul_([weight.grad for weight in weights if weight.grad is not None], masks)
        if training.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, training.clip_norm)
        for group in state.optimizer.param_groups:
            group["lr"] = rate(position)
        if position != intervention.replaced_step:
            state.optimizer.step()
            if each_step.weights is not None:
                each_step.weights(position)
                torch._foreach_mul_([weight.data for weight in weights], masks)
        state.optimizer.zero_grad()
        losses.append(mean.detach())
        if accuracy:
            predictions.append(logits.detach().argmax(1))
            labels.append(targets)
    add_up(state.since_look, losses, predictions, labels)  # waits for the GPU, so that the time below is complete
    seconds = time.perf_counter() - start_time
    count = phase.stop - phase.start
    state.tally.step += count
    state.tally.steps_total += count
    state.tally.seconds += seconds
    state.tally.path_seconds += seconds
    flops = training_flops(state.layers, state.kept_counts, state.workload.unpruned)
    state.tally.flops += count * training.batch_size * flops
    if not math.isfinite(state.since_look.loss):
        raise Diverged(
            f"the training loss is {state.since_look.loss} at step {state.step}; try a lower learning rate or clip_norm"
        )


def sum_gradients(state: State) -> None:
    """Add the gradients of this step to the sums in the rule's state."""
    sums = state.rule.group(GRADIENT)
    gradients = {name: weight.grad.detach() for name, weight in state.weights.items() if weight.grad is not None}
    sums = {name: sums[name] + gradient if name in sums else gradient.clone() for name, gradient in gradients.items()}
    state.rule = replace(state.rule, tensors=state.rule.tensors | grouped(GRADIENT, sums))


@contextmanager
def seeded_dropout(seed: int, position: int, device: torch.device) -> Iterator[None]:
    """Make dropout a function of seed and position: torch data it from global generators, which are restored after."""
    with torch.random.fork_rng([device] if device.type == "cuda" else [], device_type="cuda"):
        torch.manual_seed(stream(seed, "dropout", position))
        yield


def add_up(sums: SinceLook, losses: list[Tensor], predictions: list[Tensor], labels: list[Tensor]) -> None:
    """Add steps to the sums since the last look, one by one, so that rounding does not depend on where legs end."""
    for loss in torch.stack(losses).tolist():
        sums.loss += loss
    if predictions:
        sums.correct += int((torch.cat(predictions) == torch.cat(labels)).sum())
    sums.steps += len(losses)


def learning_rates(phase: Train, training: Training, steps: int) -> Callable[[int], float]:
    """A function from a position of the phase to its learning rate, in a training of `steps` steps."""
    if phase.lr is None:
        return lambda position: learning_rate(training, steps, position)
    constant = learning_rate(training, steps, steps - 1) if phase.lr == "last" else phase.lr
    return lambda position: constant


def pop_training_means(state: State) -> dict[str, float]:
    """`train/...` metrics: means over the training steps since the last look, or nothing without any step.

    Resets the sums in `state`."""
    sums, state.since_look = state.since_look, SinceLook()
    if not sums.steps:
        return {}
    means = {"train/loss": sums.loss / sums.steps}
    if state.workload.outcome.metric == "accuracy":
        means["train/accuracy"] = sums.correct / (sums.steps * state.workload.training.batch_size)
    return means
