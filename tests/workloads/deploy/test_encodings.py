"""Encodings of single weights, with the numbers written out."""

import pytest
import torch

from workloads.deploy.bitmask import Bitmask
from workloads.deploy.csr import CompressedRows
from workloads.deploy.encodings import Plain
from workloads.deploy.int8 import Int8
from workloads.errors import UsageError
from workloads.models.layer import Layer

LINEAR, CONV1D = Layer("linear", (2, 5)), Layer("conv1d", (5, 2), inputs_first=True)
WEIGHT = torch.tensor([[0, 1.5, 0, 0, -2], [0, 0, 3, 0, 0]])
LAYERS = pytest.mark.parametrize("layer", [LINEAR, CONV1D, Layer("conv", (2, 5, 3, 2))], ids=lambda one: one.name)


def plain(parts):
    return {name: tensor.tolist() for name, tensor in parts.items()}


def drawn(layer, density=0.3):
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(layer.shape, generator=random)
    return weight.masked_fill(torch.rand(layer.shape, generator=random) > density, 0)


def test_bits_by_hand():
    """Ten weights take two bytes: 01001 00100, then six bits of nothing."""
    parts = Bitmask().encode(LINEAR, WEIGHT)
    assert plain(parts) == {"values": [1.5, -2, 3], "mask": [0b01001001, 0b00000000]}
    assert torch.equal(Bitmask().decode(LINEAR, parts), WEIGHT)


def test_rows_by_hand():
    parts = CompressedRows().encode(LINEAR, WEIGHT)
    assert plain(parts) == {"values": [1.5, -2, 3], "columns": [1, 4, 2], "starts": [0, 2, 3]}
    assert {part.dtype for name, part in parts.items() if name != "values"} == {torch.int32}


def test_rows_of_a_kernel_are_its_outputs():
    weight = torch.zeros(1, 2, 1, 3)
    weight[0, 1, 0, 0] = 4
    parts = CompressedRows().encode(Layer("conv", (1, 2, 1, 3)), weight)
    assert plain(parts) == {"values": [4], "columns": [3], "starts": [0, 1]}


@pytest.mark.parametrize("encoding", [Bitmask(), CompressedRows(), Int8()], ids=lambda one: type(one).__name__)
def test_rows_are_outputs_where_inputs_come_first(encoding):
    """GPT-2 stores (in, out): its parts are those of the transposed weight."""
    parts = encoding.encode(CONV1D, WEIGHT.T)
    assert plain(parts) == plain(encoding.encode(LINEAR, WEIGHT))
    assert torch.equal(encoding.decode(CONV1D, parts), encoding.decode(LINEAR, parts).T)


def test_steps_by_hand():
    """The largest of a row takes 127 steps: of 0.5 and of 2; a row of zeros has the step 1."""
    layer, weight = Layer("linear", (3, 3)), torch.tensor([[63.5, -0.8, 0.2], [0, -254, 6], [0, 0, 0]])
    parts = Int8().encode(layer, weight)
    assert plain(parts) == {"values": [[127, -2, 0], [0, -127, 3], [0, 0, 0]], "scales": [0.5, 2, 1]}
    assert Int8().decode(layer, parts).tolist() == [[63.5, -1, 0], [0, -254, 6], [0, 0, 0]]


@LAYERS
@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
def test_weights_come_back(layer, density):
    weight = drawn(layer, density)
    for encoding in (Plain(), Bitmask(), CompressedRows()):
        assert torch.equal(encoding.decode(layer, encoding.encode(layer, weight)), weight)


@LAYERS
def test_int8_keeps_every_zero_and_stays_within_half_a_step(layer):
    weight = drawn(layer)
    parts = Int8().encode(layer, weight)
    found = Int8().decode(layer, parts)
    assert (found[weight == 0] == 0).all() and parts["values"].dtype == torch.int8
    error = layer.matrix((found - weight).abs()).flatten(1)
    assert (error <= parts["scales"][:, None] * 0.5001).all()


def test_int8_of_tiny_weights_does_not_overflow():
    layer, weight = Layer("linear", (1, 2)), torch.tensor([[3e-43, -1.4e-45]])
    assert Int8().decode(layer, Int8().encode(layer, weight)).abs().max() < 1e-40


@pytest.mark.parametrize("broken", [torch.inf, torch.nan])
def test_int8_refuses_what_is_not_finite(broken):
    weight = WEIGHT.clone()
    weight[0, :2] = broken
    with pytest.raises(UsageError, match="linear has 2 weights that are infinite or no numbers, and int8 has no place"):
        Int8().encode(LINEAR, weight)


def test_bits_that_do_not_fit_their_values_are_no_weight():
    with pytest.raises(ValueError, match="3 bits are set for 2 values"):
        Bitmask().decode(LINEAR, Bitmask().encode(LINEAR, WEIGHT) | {"values": torch.ones(2)})
    with pytest.raises(ValueError, match="1 rows with 3 entries do not fit 3 columns"):
        CompressedRows().decode(LINEAR, CompressedRows().encode(LINEAR, WEIGHT) | {"starts": torch.tensor([0, 3])})
