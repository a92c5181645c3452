"""Products with compressed rows, and whole training steps of a perceptron, compiled by numba.

Tensors of activations hold one row per unit and one column per example, so that a weight multiplies neighbours in
memory. Loops take four weights at a time: an output is then read and written once for four products. Sums may be
reordered for speed, but NaN and infinity stay what they are, since a diverged network must show.

All of it is one module: numba stores compiled code in the user's cache folder and compiles again where this file has
changed, which it cannot see of other files.
"""

from __future__ import annotations

import math
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock
from numba import config, njit
from platformdirs import user_cache_path

CACHE = Path(config.CACHE_DIR or user_cache_path("sparsity") / "kernels")  # type: ignore[attr-defined]
config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]

OPTIONS: dict[str, Any] = {
    "fastmath": {"reassoc", "contract", "arcp", "nsz", "afn"}, "boundscheck": False, "error_model": "numpy",
    "nogil": True,
}  # fmt: skip
inlined = njit(**OPTIONS, forceinline=True)
inner = njit(**OPTIONS)
entry = njit(**OPTIONS, cache=True)

SGD, ADAM, ADAMW = range(3)
TILE = 128  # examples at a time, so that their activations stay in the cache
Array = np.ndarray


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
def _add(sums: Array, value: float, row: Array) -> None:
    for column in range(sums.size):
        sums[column] += value * row[column]


@inlined
def _add_four(
    sums: Array,
    value0: float,
    row0: Array,
    value1: float,
    row1: Array,
    value2: float,
    row2: Array,
    value3: float,
    row3: Array,
) -> None:
    for column in range(sums.size):
        sums[column] += value0 * row0[column] + value1 * row1[column] + value2 * row2[column] + value3 * row3[column]


@inlined
def _dot(left: Array, right: Array) -> float:
    total = left.dtype.type(0)
    for column in range(left.size):
        total += left[column] * right[column]
    return total


@inlined
def _dot_four(left: Array, row0: Array, row1: Array, row2: Array, row3: Array) -> tuple[float, float, float, float]:
    zero = left.dtype.type(0)
    total0, total1, total2, total3 = zero, zero, zero, zero
    for column in range(left.size):
        total0 += left[column] * row0[column]
        total1 += left[column] * row1[column]
        total2 += left[column] * row2[column]
        total3 += left[column] * row3[column]
    return total0, total1, total2, total3


@inlined
def _sum(row: Array) -> float:
    total = row.dtype.type(0)
    for column in range(row.size):
        total += row[column]
    return total


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


@inlined
def _add_products(sums: Array, entry: int, stop: int, columns: Array, values: Array, rows: Array) -> None:
    """Add values[e] x rows[columns[e]] to `sums` for each entry e of one row of a sparse matrix."""
    while entry + 4 <= stop:
        _add_four(
            sums, values[entry], rows[columns[entry]], values[entry + 1], rows[columns[entry + 1]],
            values[entry + 2], rows[columns[entry + 2]], values[entry + 3], rows[columns[entry + 3]],
        )  # fmt: skip
        entry += 4
    while entry < stop:
        _add(sums, values[entry], rows[columns[entry]])
        entry += 1


@inlined
def _add_dots(dots: Array, entry: int, stop: int, columns: Array, left: Array, rows: Array) -> None:
    """Add the dot product of `left` and rows[columns[e]] to dots[e] for each entry e of one row."""
    while entry + 4 <= stop:
        dot0, dot1, dot2, dot3 = _dot_four(
            left, rows[columns[entry]], rows[columns[entry + 1]], rows[columns[entry + 2]], rows[columns[entry + 3]]
        )
        dots[entry] += dot0
        dots[entry + 1] += dot1
        dots[entry + 2] += dot2
        dots[entry + 3] += dot3
        entry += 4
    while entry < stop:
        dots[entry] += _dot(left, rows[columns[entry]])
        entry += 1


@inner
def _gather(examples: Array, chosen: Array, units: Array) -> None:
    """Write the chosen examples as columns, eight at a time: one after another they would miss the cache."""
    inputs, first = examples.shape[1], 0
    while first + 8 <= chosen.size:
        example0, example1 = examples[chosen[first]], examples[chosen[first + 1]]
        example2, example3 = examples[chosen[first + 2]], examples[chosen[first + 3]]
        example4, example5 = examples[chosen[first + 4]], examples[chosen[first + 5]]
        example6, example7 = examples[chosen[first + 6]], examples[chosen[first + 7]]
        for unit in range(inputs):
            row = units[unit]
            row[first], row[first + 1] = example0[unit], example1[unit]
            row[first + 2], row[first + 3] = example2[unit], example3[unit]
            row[first + 4], row[first + 5] = example4[unit], example5[unit]
            row[first + 6], row[first + 7] = example6[unit], example7[unit]
        first += 8
    for column in range(first, chosen.size):
        for unit in range(inputs):
            units[unit, column] = examples[chosen[column], unit]


@inner
def _scatter(units: Array, examples: Array) -> None:
    """Write columns as examples, eight at a time; see `_gather`."""
    first = 0
    while first + 8 <= examples.shape[0]:
        example0, example1 = examples[first], examples[first + 1]
        example2, example3 = examples[first + 2], examples[first + 3]
        example4, example5 = examples[first + 4], examples[first + 5]
        example6, example7 = examples[first + 6], examples[first + 7]
        for unit in range(examples.shape[1]):
            row = units[unit]
            example0[unit], example1[unit] = row[first], row[first + 1]
            example2[unit], example3[unit] = row[first + 2], row[first + 3]
            example4[unit], example5[unit] = row[first + 4], row[first + 5]
            example6[unit], example7[unit] = row[first + 6], row[first + 7]
        first += 8
    for example in range(first, examples.shape[0]):
        for unit in range(examples.shape[1]):
            examples[example, unit] = units[unit, example]


@entry
def layer_forward(starts: Array, columns: Array, values: Array, bias: Array, inputs: Array, outputs: Array) -> None:
    """outputs = inputs @ sparse matrix.T + bias. Shapes: inputs (n, in), outputs (n, out)."""
    in_rows = np.empty((inputs.shape[1], TILE), inputs.dtype)
    out_rows = np.empty((outputs.shape[1], TILE), inputs.dtype)
    for first in range(0, inputs.shape[0], TILE):
        chosen = np.arange(first, min(first + TILE, inputs.shape[0]))
        _gather(inputs, chosen, in_rows)
        for row in range(out_rows.shape[0]):
            out_rows[row] = bias[row]
            _add_products(out_rows[row], starts[row], starts[row + 1], columns, values, in_rows)
        _scatter(out_rows, outputs[first : first + TILE])


@entry
def layer_backward(
    starts: Array, columns: Array, back_starts: Array, back_columns: Array, back_values: Array, inputs: Array,
    gradients: Array, value_gradients: Array, bias_gradients: Array, input_gradients: Array,
) -> None:  # fmt: skip
    """The gradients of `layer_forward`, from those of its outputs (n, out). `back_...`: the transposed matrix.

    None is computed for the inputs if `input_gradients` has no rows."""
    in_rows, in_row = np.empty((inputs.shape[1], TILE), inputs.dtype), np.empty(TILE, inputs.dtype)
    out_rows = np.empty((gradients.shape[1], TILE), inputs.dtype)
    for first in range(0, inputs.shape[0], TILE):
        chosen = np.arange(first, min(first + TILE, inputs.shape[0]))
        if chosen.size < TILE:  # the sums below take whole tiles, and what is there may be NaN
            in_rows[:], out_rows[:] = 0, 0
        _gather(inputs, chosen, in_rows)
        _gather(gradients, chosen, out_rows)
        for row in range(out_rows.shape[0]):
            bias_gradients[row] += _sum(out_rows[row])
            _add_dots(value_gradients, starts[row], starts[row + 1], columns, out_rows[row], in_rows)
        if input_gradients.shape[0]:
            for row in range(in_rows.shape[0]):
                in_row[:] = 0
                _add_products(in_row, back_starts[row], back_starts[row + 1], back_columns, back_values, out_rows)
                in_rows[row] = in_row
            _scatter(in_rows, input_gradients[first : first + TILE])


@inner
def _forward(network: Network, values: Array, biases: Array, units: Array) -> None:
    first_output = units.shape[0] - network.outputs
    for unit in range(network.inputs, units.shape[0]):
        row, index = units[unit], unit - network.inputs
        row[:] = biases[index]
        _add_products(row, network.starts[index], network.starts[index + 1], network.columns, values, units)
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
            _add_products(row, start, stop, network.back_columns, work.back_values, back)
            _where_positive(row, units[network.inputs + index])
        bias_gradients[index] = _sum(row)
        _add_dots(gradients, network.starts[index], network.starts[index + 1], network.columns, row, units)


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


@entry
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
        _gather(images, chosen[step], work.units)
        _forward(network, values, biases, work.units)
        losses[step], correct[step] = _loss(work.units[-network.outputs :], work.labels, work.back[-network.outputs :])
        _backward(network, values, gradients, bias_gradients, work)
        if settings.clip_norm < math.inf:
            _clip(trained.gradients, settings.clip_norm)
        number = steps_before + step + 1
        _update(trained, 0, count, settings.decay, settings, rates[step], number)
        _update(trained, count, trained.values.size, settings.bias_decay, settings, rates[step], number)


def prepare() -> None:
    """Load the functions for float32 from the cache, or compile them. Processes take turns, so that one compiles."""
    numbers, indices, labels = np.ones((2, 2), np.float32), np.zeros(2, np.int32), np.zeros(2, np.int64)
    starts, vector = np.zeros(3, np.int32), np.zeros(2, np.float32)
    network = Network(1, 1, starts[:2], indices[:0], starts[:1], indices[:0], indices[:0])
    trained = Trained(vector[:1], vector[:1].copy(), vector[:1].copy(), vector[:1].copy())
    settings = OptimizerSettings(SGD, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False, math.inf)
    work = Workspace(numbers.copy(), numbers[:1].copy(), vector[:0], labels.copy())
    with _turn():
        layer_forward(starts, indices, vector, vector, numbers, numbers)
        layer_backward(
            starts, indices, starts, indices, vector, numbers, numbers, vector, vector.copy(), numbers.copy()
        )  # fmt: skip
        train_steps(
            numbers[:, :1].copy(), labels, labels[None], np.zeros(1), network, trained, settings, 0, work, np.zeros(1),
            labels[:1].copy(),
        )  # fmt: skip


def _turn() -> FileLock | nullcontext:
    """The lock of the cache folder; none where the folder cannot be written."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
    except OSError:
        return nullcontext()
    return FileLock(CACHE / "lock") if os.access(CACHE, os.W_OK) else nullcontext()
