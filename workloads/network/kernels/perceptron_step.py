"""Whole compiled training steps of a perceptron: forward, loss, backward, clipping, optimizer."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from workloads.network.kernels.compiler import inlined, inner, outer
from workloads.network.kernels.row_products import Array, add_dots, add_products, gather, row_sum

SGD, ADAM, ADAMW = range(3)


class Network(NamedTuple):
    """A perceptron as one sparse matrix. Units are numbered from the first input to the last output."""

    inputs: int
    outputs: int
    starts: Array  # int32: the entries of each unit after the inputs; see Rows
    columns: Array  # int32: units
    back_starts: Array  # int32: the same weights by hidden unit that they come from
    back_columns: Array  # int32: units that they lead to, counted from the first after the inputs
    back_order: Array  # int32: each as an index of `columns`


class Trained(NamedTuple):
    """What the optimizer changes: the kept weights of all layers, then the biases of all units."""

    values: Array
    gradients: Array
    first: Array  # Adam's mean gradient, or SGD's momentum
    second: Array  # Adam's mean square; unused by SGD


class OptimizerSettings(NamedTuple):
    """An optimizer; see `workloads.script.training`. Fields of other kinds are 0."""

    kind: int  # SGD, ADAM or ADAMW
    decay: float  # of the weights
    bias_decay: float
    momentum: float
    beta1: float
    beta2: float
    eps: float
    nesterov: bool
    clip_norm: float  # infinity: no clipping


class Workspace(NamedTuple):
    """Room for one step."""

    units: Array  # (units, batch): activations
    back: Array  # (units - inputs, batch): gradients of the loss before each unit's ReLU
    back_values: Array  # the weights in the order of `back_order`
    labels: Array  # int64 (batch,)


@inlined
def _relu(row: Array) -> None:
    zero = row.dtype.type(0)
    for column in range(row.size):
        row[column] = zero if row[column] < zero else row[column]


@inlined
def _where_positive(gradients: Array, row: Array) -> None:
    zero = row.dtype.type(0)
    for column in range(row.size):
        gradients[column] = gradients[column] if row[column] > zero else zero


@inner
def _forward(network: Network, values: Array, biases: Array, units: Array) -> None:
    first_output = units.shape[0] - network.outputs
    for unit in range(network.inputs, units.shape[0]):
        row, index = units[unit], unit - network.inputs
        row[:] = biases[index]
        add_products(row, network.starts[index], network.starts[index + 1], network.columns, values, units)
        if unit < first_output:
            _relu(row)


@inner
def _loss(logits: Array, labels: Array, back: Array) -> tuple[float, int]:
    """Mean cross-entropy in nats, and how many examples are classified correctly. Writes the gradient to `back`."""
    classes, batch = logits.shape
    number = logits.dtype.type
    loss, correct = 0.0, 0
    for example in range(batch):
        best = 0
        for label in range(1, classes):
            if logits[label, example] > logits[best, example]:
                best = label
        largest, total = logits[best, example], number(0)
        for label in range(classes):
            back[label, example] = math.exp(logits[label, example] - largest)
            total += back[label, example]
        label = labels[example]
        loss += math.log(total) + largest - logits[label, example]
        correct += best == label
        scale = number(1) / (total * number(batch))
        for other in range(classes):
            back[other, example] *= scale
        back[label, example] -= number(1) / number(batch)
    return loss / batch, correct


@inner
def _backward(network: Network, values: Array, gradients: Array, bias_gradients: Array, work: Workspace) -> None:
    units, back = work.units, work.back
    gradients[:] = 0
    hidden = back.shape[0] - network.outputs
    for entry in range(work.back_values.size):
        work.back_values[entry] = values[network.back_order[entry]]
    for index in range(back.shape[0] - 1, -1, -1):
        row = back[index]
        if index < hidden:
            row[:] = 0
            start, stop = network.back_starts[index], network.back_starts[index + 1]
            add_products(row, start, stop, network.back_columns, work.back_values, back)
            _where_positive(row, units[network.inputs + index])
        bias_gradients[index] = row_sum(row)
        add_dots(gradients, network.starts[index], network.starts[index + 1], network.columns, row, units)


@inner
def _clip(gradients: Array, largest: float) -> None:
    """Scale the gradients to an L2 norm of at most `largest`, as torch.nn.utils.clip_grad_norm_ does."""
    squares = 0.0
    for index in range(gradients.size):
        squares += float(gradients[index]) ** 2
    scale = largest / (math.sqrt(squares) + 1e-6)
    if scale < 1 or math.isnan(scale):
        for index in range(gradients.size):
            gradients[index] *= gradients.dtype.type(scale)


@inner
def _update(
    trained: Trained, begin: int, end: int, decay: float, settings: OptimizerSettings, rate: float, step: int
) -> None:
    """One step of the optimizer on a part of what is trained, in the formulas of torch.optim."""
    number = trained.values.dtype.type
    values, gradients = trained.values[begin:end], trained.gradients[begin:end]
    first, second = trained.first[begin:end], trained.second[begin:end]
    keep, added = number(1), number(decay)
    if settings.kind == SGD:
        speed, momentum, nesterov = number(rate), number(settings.momentum), settings.nesterov
        for index in range(values.size):
            gradient = gradients[index] + added * values[index]
            first[index] = momentum * first[index] + gradient
            values[index] -= speed * (gradient + momentum * first[index] if nesterov else first[index])
        return
    if settings.kind == ADAMW:
        keep, added = number(1 - rate * decay), number(0)
    speed = number(rate / (1 - settings.beta1**step))
    correction = number(math.sqrt(1 - settings.beta2**step))
    beta1, beta2, eps = number(settings.beta1), number(settings.beta2), number(settings.eps)
    rest1, rest2 = number(1 - settings.beta1), number(1 - settings.beta2)
    for index in range(values.size):
        gradient = gradients[index] + added * values[index]
        first[index] = beta1 * first[index] + rest1 * gradient
        second[index] = beta2 * second[index] + rest2 * gradient * gradient
        values[index] = keep * values[index] - speed * first[index] / (np.sqrt(second[index]) / correction + eps)


@outer
def train_steps(
    images: Array,
    labels: Array,
    chosen: Array,
    rates: Array,
    network: Network,
    trained: Trained,
    settings: OptimizerSettings,
    steps_before: int,
    work: Workspace,
    losses: Array,
    correct: Array,
) -> None:
    """One training step for each row of `chosen`, at the learning rates `rates`; sets each step's loss and count.

    `images` (n, inputs) and `labels` int64 (n,) are all of the training set, `chosen` int64 (steps, batch)."""
    count = network.columns.size
    values, biases = trained.values[:count], trained.values[count:]
    gradients, bias_gradients = trained.gradients[:count], trained.gradients[count:]
    for step in range(chosen.shape[0]):
        for example in range(chosen.shape[1]):
            work.labels[example] = labels[chosen[step, example]]
        gather(images, chosen[step], work.units)
        _forward(network, values, biases, work.units)
        losses[step], correct[step] = _loss(work.units[-network.outputs :], work.labels, work.back[-network.outputs :])
        _backward(network, values, gradients, bias_gradients, work)
        if settings.clip_norm < math.inf:
            _clip(trained.gradients, settings.clip_norm)
        number = steps_before + step + 1
        _update(trained, 0, count, settings.decay, settings, rates[step], number)
        _update(trained, count, trained.values.size, settings.bias_decay, settings, rates[step], number)
