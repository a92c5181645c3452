"""Compressed rows, by hand and against dense matrices."""

import torch
from hypothesis import given
from hypothesis import strategies as some

from workloads.models.layer import Layer
from workloads.network.kernels.rows import Rows, kept_places, stacked

HAND = torch.tensor([[True, False, True], [False, False, False], [False, True, False]])


def dense(rows: Rows, values: torch.Tensor, columns: int) -> torch.Tensor:
    matrix = torch.zeros(len(rows.starts) - 1, columns, dtype=values.dtype)
    for row, (start, stop) in enumerate(zip(rows.starts.tolist(), rows.starts.tolist()[1:])):
        for entry in range(start, stop):
            matrix[row, rows.columns[entry]] = values[entry]
    return matrix


def test_rows_by_hand():
    rows = Rows.of(HAND)
    assert rows.starts.tolist() == [0, 2, 2, 3]
    assert rows.columns.tolist() == [0, 2, 1]


@given(some.integers(1, 6), some.integers(1, 6), some.integers(0, 2**32 - 1))
def test_rows_and_their_transpose_are_the_matrix(height, width, seed):
    mask = torch.rand(height, width, generator=torch.Generator().manual_seed(seed)) < 0.5
    rows, values = Rows.of(mask), torch.arange(1, int(mask.sum()) + 1)
    matrix = dense(rows, values, width)
    assert torch.equal(matrix != 0, mask)
    back, order = rows.transposed(width)
    assert torch.equal(dense(back, values[order], height), matrix.T)


def test_kept_weights_of_a_layer_that_is_stored_the_other_way():
    weight = torch.tensor([[1.0, 0.0, 2.0], [3.0, 4.0, 0.0]])
    for layer in (Layer("linear", (2, 3)), Layer("conv1d", (2, 3), inputs_first=True)):
        places = kept_places(layer, weight != 0)
        rows = Rows.of(layer.matrix(weight != 0))
        assert torch.equal(dense(rows, weight.flatten()[places], layer.matrix(weight).shape[1]), layer.matrix(weight))


def test_layers_are_stacked_by_unit():
    """Two inputs, two hidden units, one hidden unit, one output: units 0 to 5."""
    first, second = Rows.of(torch.tensor([[True, True], [False, True]])), Rows.of(torch.tensor([[True, True]]))
    rows = stacked([first, second, Rows.of(torch.tensor([[True]]))], [2, 2, 1])
    assert rows.starts.tolist() == [0, 2, 3, 5, 6]
    assert rows.columns.tolist() == [0, 1, 1, 2, 3, 4]
