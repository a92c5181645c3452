"""Compiled functions made ready before anything is timed, or the reason why they cannot be."""

from __future__ import annotations

import math
from functools import cache

import numpy as np


@cache
def compiler_trouble() -> str | None:
    """Why numba cannot compile here, in words, or None. Compiles what is not in the cache, so call it before timing."""
    try:
        prepare()
    except Exception as error:  # numba raises errors of many kinds: unsupported Python, broken cache, missing library
        return f"numba cannot compile here ({type(error).__name__}: {' '.join(str(error).split())})"
    return None


def prepare() -> None:
    """Load the functions for float32 from the cache, or compile them. Processes take turns, so that one compiles."""
    from workloads.network.kernels import layer_products, perceptron_step
    from workloads.network.kernels.compiler import turn

    numbers, indices, labels = np.ones((2, 2), np.float32), np.zeros(2, np.int32), np.zeros(2, np.int64)
    starts, vector = np.zeros(3, np.int32), np.zeros(2, np.float32)
    network = perceptron_step.Network(1, 1, starts[:2], indices[:0], starts[:1], indices[:0], indices[:0])
    trained = perceptron_step.Trained(vector[:1], vector[:1].copy(), vector[:1].copy(), vector[:1].copy())
    settings = perceptron_step.OptimizerSettings(perceptron_step.SGD, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False, math.inf)
    work = perceptron_step.Workspace(numbers.copy(), numbers[:1].copy(), vector[:0], labels.copy())
    with turn():
        layer_products.layer_forward(starts, indices, vector, vector, numbers, numbers)
        layer_products.layer_backward(
            starts, indices, starts, indices, vector, numbers, numbers, vector, vector.copy(), numbers.copy()
        )  # fmt: skip
        perceptron_step.train_steps(
            numbers[:, :1].copy(), labels, labels[None], np.zeros(1), network, trained, settings, 0, work, np.zeros(1),
            labels[:1].copy(),
        )  # fmt: skip
