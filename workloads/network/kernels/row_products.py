"""Compiled products of one row of a sparse matrix with the rows of a dense one.

Activations have one row per unit and one column per example, so that a weight multiplies neighbours in memory. Loops
take four weights at a time: an output is then read and written once for four products.
"""

from __future__ import annotations

import numpy as np

from workloads.network.kernels.compiler import inlined, inner

Array = np.ndarray


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
def row_sum(row: Array) -> float:
    """The sum of a row."""
    total = row.dtype.type(0)
    for column in range(row.size):
        total += row[column]
    return total


@inlined
def add_products(sums: Array, entry: int, stop: int, columns: Array, values: Array, rows: Array) -> None:
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
def add_dots(dots: Array, entry: int, stop: int, columns: Array, left: Array, rows: Array) -> None:
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
def gather(examples: Array, chosen: Array, units: Array) -> None:
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
def scatter(units: Array, examples: Array) -> None:
    """Write columns as examples, eight at a time; see `gather`."""
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
