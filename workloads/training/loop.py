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
    """The batches of the positions `start` to `stop`: every epoch in its own order, its last partial batch dropped."""
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
    """Take the steps of the positions of `phase`, in a training of `steps` steps.

    Each step: dense gradient, masked, clipped, stepped. Since removed weights and their optimizer state were
    set to zero once, a masked gradient leaves them exactly zero. In bfloat16 the weights stay float32: autocast
    rounds what goes through the layers (Micikevicius et al. 2018). A rule may have its say in
    an `intervention`. Raises Diverged.
    """
    training = state.workload.training
    rate = learning_rates(phase, training, steps)
    masked = [(state.weight(name), mask) for name, mask in state.masks.items() if not bool(mask.all())]
    weights = [weight for weight, _ in masked]
    masks = [torch.empty_like(weight.detach()).copy_(mask) for weight, mask in masked]  # laid out as the weights are
    parameters = list(state.model.parameters())
    loss_of, accuracy = objective(state.workload).loss, state.workload.outcome.metric == "accuracy"
    losses, guesses, answers = [], [], []
    rounding = torch.autocast(state.device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()
    state.model.train()
    with_dropout = any(layer.p > 0 for layer in state.model.modules() if isinstance(layer, nn.Dropout))
    begun = time.perf_counter()
    chosen = batches(examples, training.batch_size, seed, phase.start, phase.stop)
    for position, (inputs, targets) in enumerate(chosen, phase.start):
        dropout = dropping(seed, position, state.device) if with_dropout else nullcontext()
        with rounding, dropout:
            logits = state.model(inputs)
            mean = loss_of(logits, targets)
        mean.backward()
        if position >= intervention.summed_from:
            add_gradients(state)
        if intervention.each.gradients is not None:
            intervention.each.gradients(position)
        if weights:
            torch._foreach_mul_([weight.grad for weight in weights if weight.grad is not None], masks)
        if training.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, training.clip_norm)
        for group in state.optimizer.param_groups:
            group["lr"] = rate(position)
        if position != intervention.replaced:
            state.optimizer.step()
            if intervention.each.weights is not None:
                intervention.each.weights(position)
                torch._foreach_mul_([weight.data for weight in weights], masks)
        state.optimizer.zero_grad()
        losses.append(mean.detach())
        if accuracy:
            guesses.append(logits.detach().argmax(1))
            answers.append(targets)
    add_up(state.since_look, losses, guesses, answers)  # waits for a GPU, so that the clock is right there too
    seconds = time.perf_counter() - begun
    taken = phase.stop - phase.start
    state.tally.step += taken
    state.tally.steps_total += taken
    state.tally.seconds += seconds
    state.tally.path_seconds += seconds
    flops = training_flops(state.layers, state.kept, state.workload.unpruned)
    state.tally.flops += taken * training.batch_size * flops
    if not math.isfinite(state.since_look.loss):
        told = f"the training loss is {state.since_look.loss} at step {state.step}"
        raise Diverged(f"{told}; try a lower learning rate or clip_norm")


def add_gradients(state: State) -> None:
    """Add the gradients of this step to those that the rule of this training remembers."""
    summed = state.rule.group(GRADIENT)
    found = {name: weight.grad.detach() for name, weight in state.weights.items() if weight.grad is not None}
    now = {name: summed[name] + gradient if name in summed else gradient.clone() for name, gradient in found.items()}
    state.rule = replace(state.rule, tensors=state.rule.tensors | grouped(GRADIENT, now))


@contextmanager
def dropping(seed: int, position: int, device: torch.device) -> Iterator[None]:
    """Dropout by the position alone: torch has it from its global generators, which are afterwards as they were."""
    with torch.random.fork_rng([device] if device.type == "cuda" else [], device_type="cuda"):
        torch.manual_seed(stream(seed, "dropout", position))
        yield


def add_up(seen: SinceLook, losses: list[Tensor], guesses: list[Tensor], answers: list[Tensor]) -> None:
    """Add steps to what was seen since the last look: one by one, so that the sums do not depend on where it is cut."""
    for loss in torch.stack(losses).tolist():
        seen.loss += loss
    if guesses:
        seen.correct += int((torch.cat(guesses) == torch.cat(answers)).sum())
    seen.steps += len(losses)


def learning_rates(phase: Train, training: Training, steps: int) -> Callable[[int], float]:
    """The learning rate at each position of a phase in a training of `steps` steps."""
    if phase.lr is None:
        return lambda position: learning_rate(training, steps, position)
    constant = learning_rate(training, steps, steps - 1) if phase.lr == "last" else phase.lr
    return lambda position: constant


def since_look(state: State) -> dict[str, float]:
    """The means over the training steps since the last look, which they begin anew; nothing where there was none."""
    seen, state.since_look = state.since_look, SinceLook()
    if not seen.steps:
        return {}
    means = {"train/loss": seen.loss / seen.steps}
    if state.workload.outcome.metric == "accuracy":
        means["train/accuracy"] = seen.correct / (seen.steps * state.workload.training.batch_size)
    return means
