"""Estimated times of training steps, dense and from compressed rows: the rule by which `auto` chooses a kernel.

Linear models, fitted to medians of steps on one core of an Intel Xeon with AVX-512 (torch 2.14, numba 0.68) over
perceptrons from 784-20-10 to 784-1000-1000-1000-10, batches of 32 to 512, and densities of 5 to 100 %. On another
machine, with half the speed in dense products, compressed rows win at these densities too. Where the estimates are
close, they prefer masks: a wrong choice costs little there.
"""

from __future__ import annotations

from workloads.models.layer import Layer

PARALLEL = 0.8  # dense products take 1 / threads^PARALLEL of the time; compiled steps use one thread

# Nanoseconds of a perceptron's step with Adam: the step itself, each example, each weight, each weight of each example.
# With compressed rows, only kept weights count.
MASKED_STEP = 350_000.0, 1_000.0, 2.0, 0.036
SPARSE_STEP = 20_000.0, 900.0, 1.5, 0.17

# Nanoseconds of one layer's forward and backward pass by itself: the pass, each number that comes in or goes out, each
# weight of each example.
DENSE_LAYER = 0.045  # each weight of each example alone
COMPILED_LAYER = 60_000.0, 2.0, 0.18
TORCH_LAYER = 120_000.0, 4.0, 0.36  # torch's CSR tensors


def perceptron_pays(size: int, kept: int, batch: int, threads: int) -> bool:
    """Whether a perceptron's step takes less time from compressed rows: `kept` of `size` weights in all layers.

    >>> [density for density in (0.5, 0.3, 0.1) if perceptron_pays(266_200, int(266_200 * density), 128, 1)]
    [0.3, 0.1]
    """
    step, example, weight, product = MASKED_STEP
    masked = step + example * batch + (weight + product * batch) * size / threads**PARALLEL
    step, example, weight, product = SPARSE_STEP
    return step + example * batch + (weight + product * batch) * kept < masked


def layer_pays(layer: Layer, kept: int, examples: int, threads: int, compiled: bool = True) -> bool:
    """Whether one layer takes less time from compressed rows. `examples`: its inputs per step, positions included.

    >>> attention = Layer("attention", (128, 384))
    >>> [density for density in (0.2, 0.1, 0.05) if layer_pays(attention, int(attention.size * density), 768, 1)]
    [0.1, 0.05]
    """
    dense = DENSE_LAYER * layer.size * examples / threads**PARALLEL
    layer_pass, number, product = COMPILED_LAYER if compiled else TORCH_LAYER
    return layer_pass + (number * sum(layer.shape) + product * kept) * examples < dense
