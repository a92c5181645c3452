"""Weights that come back, by script and under real optimizers."""

import pytest
import torch

from workloads.measure.revival import revival, zeros


def test_of_the_zeros_of_the_last_look_the_fraction_nonzero_now():
    before = zeros({"a": torch.tensor([[0.0, 1], [0, -0.0]]), "b": torch.tensor([[0.0, 5.0]])})
    assert {name: zero.tolist() for name, zero in before.items()} == {
        "a": [[True, False], [True, True]],
        "b": [[True, False]],
    }
    now = {"a": torch.tensor([[1e-30, 0], [0, 2]]), "b": torch.tensor([[0.0, 0]])}
    assert revival(before, now) == {
        "weight_revival/revival_rate": 2 / 4, "layer_revival/a": 2 / 3, "layer_revival/b": 0.0,
    }  # fmt: skip


def test_without_zeros_there_is_nothing_to_revive():
    weights = {"a": torch.ones(2, 2)}
    assert revival(zeros(weights), weights) == {}
    assert revival({}, weights) == {}


@pytest.mark.parametrize("make, rate", [(torch.optim.Adam, 1.0), (torch.optim.SGD, 0.5)])
def test_zeroed_weights_come_back_where_no_mask_holds_them(make, rate):
    """Two of four weights are zeroed, and only one of them has a gradient; Adam's momentum moves both."""
    weight = torch.nn.Parameter(torch.tensor([[1.0, 2, 3, 4]]))
    optimizer = make([weight], lr=0.1)
    (weight * torch.tensor([1.0, 1, 1, 1])).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    weight.data[:, :2] = 0
    before = zeros({"a": weight})
    (weight * torch.tensor([0.0, 1, 1, 1])).sum().backward()
    optimizer.step()
    assert revival(before, {"a": weight}) == {"weight_revival/revival_rate": rate, "layer_revival/a": rate}


def test_what_is_remembered_does_not_follow_the_weights():
    weight = torch.nn.Parameter(torch.zeros(1, 2))
    before = zeros({"a": weight})
    weight.data.fill_(1)
    assert before["a"].all()
