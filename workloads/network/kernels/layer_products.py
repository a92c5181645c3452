"""Compiled products of one sparse layer, forward and backward."""

from __future__ import annotations

import numpy as np

from workloads.network.kernels.compiler import outer
from workloads.network.kernels.row_products import Array, add_dots, add_products, gather, row_sum, scatter

TILE = 128  # examples at a time, so that their activations stay in the cache


@outer
def layer_forward(starts: Array, columns: Array, values: Array, bias: Array, inputs: Array, outputs: Array) -> None:
    """outputs = inputs @ sparse matrix.T + bias. Shapes: inputs (n, in), outputs (n, out)."""
    in_rows = np.empty((inputs.shape[1], TILE), inputs.dtype)
    out_rows = np.empty((outputs.shape[1], TILE), inputs.dtype)
    for first in range(0, inputs.shape[0], TILE):
        chosen = np.arange(first, min(first + TILE, inputs.shape[0]))
        gather(inputs, chosen, in_rows)
        for row in range(out_rows.shape[0]):
            out_rows[row] = bias[row]
            add_products(out_rows[row], starts[row], starts[row + 1], columns, values, in_rows)
        scatter(out_rows, outputs[first : first + TILE])


@outer
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
        gather(inputs, chosen, in_rows)
        gather(gradients, chosen, out_rows)
        for row in range(out_rows.shape[0]):
            bias_gradients[row] += row_sum(out_rows[row])
            add_dots(value_gradients, starts[row], starts[row + 1], columns, out_rows[row], in_rows)
        if input_gradients.shape[0]:
            for row in range(in_rows.shape[0]):
                in_row[:] = 0
                add_products(in_row, back_starts[row], back_starts[row + 1], back_columns, back_values, out_rows)
                in_rows[row] = in_row
            scatter(in_rows, input_gradients[first : first + TILE])
