"""Training steps by autograd, with the gradients of removed weights set to zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import torch
from torch import Tensor, nn

from workloads.network.groups import grouped
from workloads.network.kernels.kernel import Kernel, StepResults, TrainingSteps
from workloads.network.loss import objective
from workloads.network.optimizer import step
from workloads.network.rule_context import GRADIENT
from workloads.network.state import State
from workloads.randomness import stream


class Masked(Kernel):
    """All layers dense: zeros are multiplied like other weights."""

    @property
    def layers(self) -> tuple[str, ...]:
        """See Kernel: none."""
        return ()

    def train(self, steps: TrainingSteps) -> StepResults:
        """See Kernel."""
        return steps_by_autograd(steps, steps.state.optimizer, steps.state.masks)


def steps_by_autograd(
    steps: TrainingSteps, optimizer: torch.optim.Optimizer, masks: Mapping[str, Tensor]
) -> StepResults:
    """Take the steps with `optimizer`, under the `masks` of those layers that are computed dense.

    Each step computes the dense gradient, masks it, clips it and calls the optimizer. Removed weights and their
    optimizer buffers are zero already, so a masked gradient leaves them exactly zero. In bfloat16 the weights stay
    float32 and autocast rounds the activations (Micikevicius et al. 2018). A rule acts through its intervention.
    """
    state, intervention, each_step = steps.state, steps.intervention, steps.intervention.each_step
    clip_norm, accuracy = state.workload.training.clip_norm, state.workload.outcome.metric == "accuracy"
    pairs = [(state.weight(name), mask) for name, mask in masks.items() if not bool(mask.all())]
    weights = [weight for weight, _ in pairs]
    keeps = [torch.empty_like(weight.detach()).copy_(mask) for weight, mask in pairs]  # in the weights' memory format
    parameters = list(state.model.parameters())
    loss_of = objective(state.workload).loss
    losses, predictions, labels = [], [], []
    rounding = torch.autocast(state.device.type, torch.bfloat16) if steps.precision == "bfloat16" else nullcontext()
    with_dropout = any(layer.p > 0 for layer in state.model.modules() if isinstance(layer, nn.Dropout))
    for position, (order, rate) in enumerate(zip(steps.orders, steps.rates, strict=True), steps.first):
        batch = steps.examples.take(order)
        dropout = seeded_dropout(steps.seed, position, state.device) if with_dropout else nullcontext()
        with rounding, dropout:
            logits = state.model(batch.inputs)
            mean = loss_of(logits, batch.targets)
        mean.backward()
        if position >= intervention.gradients_from:
            sum_gradients(state)
        if each_step.gradients is not None:
            each_step.gradients(position)
        if weights:
            torch._foreach_mul_([weight.grad for weight in weights if weight.grad is not None], keeps)
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip_norm)
        for group in optimizer.param_groups:
            group["lr"] = rate
        if position != intervention.replaced_step:
            step(optimizer)
            if each_step.weights is not None:
                each_step.weights(position)
                torch._foreach_mul_([weight.data for weight in weights], keeps)
        optimizer.zero_grad()
        losses.append(mean.detach())
        if accuracy:
            predictions.append(logits.detach().argmax(1))
            labels.append(batch.targets)
    correct = int((torch.cat(predictions) == torch.cat(labels)).sum()) if predictions else 0
    return StepResults(torch.stack(losses).tolist(), correct)  # waits for the GPU


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
