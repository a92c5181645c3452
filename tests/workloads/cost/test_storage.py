"""Bytes of networks whose sizes papers give, and of compressed rows as torch makes them."""

import pytest
import torch
from torch import nn

from workloads.cost.storage import bitmask_bytes, buffer_bytes, csr_bytes, dense_bytes, int8_bytes
from workloads.models.cnn import cnn
from workloads.models.mlp import mlp
from workloads.randomness import generator


@pytest.mark.parametrize(
    ("widths", "total"),
    [((245, 160, 55, 10), 195_100), ((266, 88, 33, 10), 107_092), ((97, 71, 33, 10), 38_696)],
    ids=["structured Bayesian pruning", "L0", "variational information bottleneck"],
)
def test_dense_networks_that_papers_count(widths, total):
    into, *hidden, out = widths
    assert dense_bytes(mlp(into, hidden, out, generator(0, "weights"))) == total


def test_compressed_rows_by_hand():
    """3-4-2: 12 + 8 weights of which 9 are left, 6 biases: 9 x 8 for entries, (5 + 3) x 4 for rows, 6 x 4."""
    model = mlp(3, (4,), 2, generator(0, "weights"))
    weights = {"hidden.0": model.hidden[0].weight, "output": model.output.weight}
    for weight, kept in zip(weights.values(), (5, 4)):
        weight.data.view(-1)[kept:] = 0
    assert dense_bytes(model) == 26 * 4
    assert csr_bytes(model, weights) == 72 + 32 + 24


def test_bits_of_the_network_that_rigl_found():
    """Evci et al. (2020), Table 2: 408-100-69-10 with 6,291 weights takes 31,914 bytes. 4 x (weights + biases) + N/8
    is 31,928; here the bits of each of two layers fill the last byte, which two more bytes take."""
    model = mlp(408, (100, 69), 10, generator(0, "weights"))
    weights = {"hidden.0": model.hidden[0].weight, "hidden.1": model.hidden[1].weight, "output": model.output.weight}
    for weight, kept in zip(weights.values(), (2_301, 3_300, 690)):
        weight.data.view(-1)[kept:] = 0
    places = 408 * 100 + 100 * 69 + 69 * 10
    assert 4 * (6_291 + 179) + places // 8 == 31_928
    assert bitmask_bytes(model, weights) == 31_928 + 2
    assert abs(bitmask_bytes(model, weights) / 31_914 - 1) < 0.001


def test_bytes_and_steps_by_hand():
    """3-4-2: a byte for each of 20 weights, a step for each of 6 outputs, and 6 biases."""
    model = mlp(3, (4,), 2, generator(0, "weights"))
    assert int8_bytes(model, {"hidden.0": model.hidden[0].weight, "output": model.output.weight}) == 20 + 6 * 4 + 6 * 4


def test_buffers_have_their_own_types():
    """Two running statistics of three channels, and a count in int64."""
    assert buffer_bytes(nn.BatchNorm2d(3)) == 2 * 3 * 4 + 8 and buffer_bytes(nn.Linear(3, 2)) == 0


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_compressed_rows_are_as_large_as_torch_makes_them():
    model = cnn(64, (3, 4), 3, 2, batch_norm=True, hidden=(5,), outputs=10, generator=generator(0, "weights"))
    weights = {
        name: module.weight for name, module in model.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)
    }
    stored = 0
    for weight in weights.values():
        weight.data[torch.rand(weight.shape, generator=generator(0, "scores")) < 0.7] = 0
        rows = weight.detach().flatten(1).to_sparse_csr()
        stored += rows.values().nbytes + sum(index.int().nbytes for index in (rows.crow_indices(), rows.col_indices()))
    others = 3 + 4 + 5 + 10 + 2 * (3 + 4)  # biases, scales and shifts
    assert csr_bytes(model, weights) == stored + 4 * others


def test_the_break_even_is_just_below_half():
    """100 weights a row: a row costs 4 bytes more, so 49.5 weights of it cost what the dense 100 do, less one start."""
    layer = nn.Linear(100, 1, bias=False)
    layer.weight.data[:, 49:] = 0
    assert csr_bytes(layer, {"a": layer.weight}) == 49 * 8 + 8 == dense_bytes(layer)
