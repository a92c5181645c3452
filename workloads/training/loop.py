"""The training loop."""

import math
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from workloads.cost.operations import dense_gradient_flops, training_flops
from workloads.data.splits import Examples
from workloads.errors import Diverged
from workloads.network.kernels.choice import KernelChoice
from workloads.network.kernels.kernel import Kernel, StepResults, TrainingSteps
from workloads.network.kernels.masked import Masked
from workloads.network.rule_context import NONE, Intervention
from workloads.network.state import SinceLook, State
from workloads.randomness import generator
from workloads.script.learning_rate import learning_rate
from workloads.script.phases import Train
from workloads.script.training import Training


def orders(examples: Examples, batch_size: int, seed: int, start: int, stop: int) -> Iterator[Tensor]:
    """The indices of the examples of each batch at positions from `start` to `stop` - 1: int64 (batch,).

    Every epoch has its own order, a function of the seed and the epoch; its last partial batch is dropped."""
    per_epoch = examples.batches(batch_size)
    epoch = None
    for position in range(start, stop):
        if position // per_epoch != epoch:
            epoch = position // per_epoch
            order = torch.randperm(examples.count, generator=generator(seed, "batches", epoch)).to(examples.device)
        first = position % per_epoch * batch_size
        yield order[first : first + batch_size]


def train(
    state: State,
    examples: Examples,
    phase: Train,
    steps: int,
    seed: int,
    kernels: KernelChoice | None = None,
    intervention: Intervention = NONE,
) -> None:
    """Train over the positions of `phase`, a part of a training of `steps` steps. None means masked kernels, float32.

    Steps in which a rule acts are computed with masks, since it may need the gradients of removed weights.
    Raises Diverged if the loss is no longer finite.
    """
    training, kernels = state.workload.training, kernels or KernelChoice()
    rate = learning_rates(phase, training, steps)
    state.model.train()
    start_time = time.perf_counter()
    kernel = kernels.kernel(state, examples)  # after a change of masks it finds the kept weights anew
    changed = phase.stop if intervention.begin >= phase.stop else max(phase.start, int(intervention.begin))
    for each, start, stop in ((kernel, phase.start, changed), (Masked(), changed, phase.stop)):
        if start < stop:
            indices = orders(examples, training.batch_size, seed, start, stop)
            rates = [rate(position) for position in range(start, stop)]
            add_up(state, each, each.train(
                TrainingSteps(state, examples, start, indices, rates, seed, kernels.precision, intervention)
            ))  # fmt: skip
    seconds = time.perf_counter() - start_time
    count = phase.stop - phase.start
    state.tally.step += count
    state.tally.steps_total += count
    state.tally.seconds += seconds
    state.tally.path_seconds += seconds
    state.tally.seconds_since_mask += seconds
    flops = training_flops(state.layers, state.kept_counts, state.workload.unpruned)
    dense = max(0, phase.stop - max(phase.start, intervention.gradients_from))
    more = int(dense) * dense_gradient_flops(state.layers, state.kept_counts)
    state.tally.flops += training.batch_size * (count * flops + more)
    if not math.isfinite(state.since_look.loss):
        raise Diverged(
            f"the training loss is {state.since_look.loss} at step {state.step}; try a lower learning rate or clip_norm"
        )


def add_up(state: State, kernel: Kernel, results: StepResults) -> None:
    """Add steps to the sums since the last look, one by one, so that rounding does not depend on where legs end."""
    for loss in results.losses:
        state.since_look.loss += loss
    state.since_look.correct += results.correct
    state.since_look.steps += len(results.losses)
    before, count = state.tally.sparse_steps, len(results.losses)  # a snapshot may share `before`: it must not change
    state.tally.sparse_steps = before | {layer: before.get(layer, 0) + count for layer in kernel.layers}


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
