"""Groups of weights that keep equally many: rows, and N of M."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from workloads.cost.estimate import cost
from workloads.models.layer import Layer
from workloads.pruning.allocation import budget_at
from workloads.pruning.row_groups import groups_of, rows_at
from workloads.pruning.select import select
from workloads.script.patterns import NOfM
from workloads.trial import Trial

LINEAR, TRANSPOSED = Layer("linear", (2, 8)), Layer("conv1d", (8, 2), inputs_first=True)
KERNEL = Layer("conv", (1, 4, 1, 2))
TWO_OF_FOUR = NOfM(n=2, m=4)


def chosen(layer: Layer, scores: torch.Tensor, pattern: NOfM) -> torch.Tensor:
    whole = {layer.name: torch.ones(layer.shape, dtype=torch.bool)}
    return select({layer.name: scores}, groups_of([layer], pattern), whole, 0)[layer.name]


def test_two_of_four_by_hand():
    scores = torch.tensor([[4.0, 3, 2, 1, 5, 6, 7, 8], [1.0, 9, 8, 2, 3, 3.5, 1, 4]])
    expected = [[1, 1, 0, 0, 0, 0, 1, 1], [0, 1, 1, 0, 0, 1, 0, 1]]
    assert chosen(LINEAR, scores, TWO_OF_FOUR).int().tolist() == expected
    assert chosen(TRANSPOSED, scores.T.contiguous(), TWO_OF_FOUR).T.int().tolist() == expected


def test_the_groups_of_a_convolution_are_channels_at_one_place():
    """Channel c has the scores (c + 1, 4 - c) at the two places: the last two channels stay at one, the first at the
    other."""
    scores = torch.tensor([[[[1.0, 4.0]], [[2.0, 3.0]], [[3.0, 2.0]], [[4.0, 1.0]]]])
    assert chosen(KERNEL, scores, TWO_OF_FOUR)[0, :, 0].int().tolist() == [[0, 1], [0, 1], [1, 0], [1, 0]]


@given(st.integers(1, 5), st.integers(1, 4), st.data())
def test_every_group_keeps_exactly_n_and_permuting_groups_permutes_masks(groups, n, data):
    m = data.draw(st.integers(n + 1, 6))
    layer, scores = Layer("a", (3, groups * m)), torch.randn(3, groups * m)
    mask = chosen(layer, scores, NOfM(n=n, m=m)).view(3, groups, m)
    assert (mask.sum(2) == n).all()
    order = torch.tensor(data.draw(st.permutations(range(groups))))
    moved = scores.view(3, groups, m)[:, order].reshape(3, -1)
    assert torch.equal(chosen(layer, moved, NOfM(n=n, m=m)).view(3, groups, m), mask[:, order])


def test_of_equal_scores_chance_decides_and_no_place_is_preferred():
    layer = Layer("a", (2000, 4))
    mask = chosen(layer, torch.zeros(2000, 4), TWO_OF_FOUR)
    assert (mask.sum(1) == 2).all() and all(900 < int(count) < 1100 for count in mask.sum(0))


def test_what_is_removed_does_not_come_back():
    before = torch.tensor([[True, False, False, False], [True, True, True, True]])
    layer = Layer("a", (2, 4))
    mask = select({"a": torch.ones(2, 4)}, groups_of([layer], TWO_OF_FOUR), {"a": before}, 0)["a"]
    assert mask.sum(1).tolist() == [1, 2] and not (mask & ~before).any()


def test_rows_lose_the_floor_in_exact_decimals():
    """0.29 of 100 is 28.999... in binary."""
    assert rows_at([Layer("a", (3, 100))], 0.29)["a"].kept == 71
    assert rows_at([Layer("a", (100, 3), inputs_first=True)], 0.5)["a"].total == 150
    assert rows_at([Layer("a", (5, 2, 3, 3))], 0.5)["a"].total == 45
    assert budget_at([Layer("a", (3, 10))], 0.75, "per_row")["a"].kept == 3


@pytest.mark.parametrize("workload", [WORKLOAD_ROWS[0], WORKLOAD_ROWS[7]], ids=named)
def test_the_plan_counts_what_a_pattern_leaves(workload):
    """A fine-tuning at half of the weights takes half of the operations in prunable layers."""
    tuned = {"pattern": {"n": 2, "m": 4}, "fine_tune": {"steps": 10}}
    rows = (tuned, {"sparsity": 0.0, "fine_tune": {"steps": 10}}, {"sparsity": 0.0, "fine_tune": {"steps": 0}})
    flops = [cost(make(workload, {"name": "one_shot", **row})).training_flops for row in rows]
    one = make(workload, {"name": "dense"}).workload
    unpruned = 6 * one.unpruned * 10 * 32
    assert 2 * (flops[0] - flops[2] - unpruned) == flops[1] - flops[2] - unpruned
    for method in ("wanda", "sparsegpt"):
        assert cost(make(workload, {"name": method, **tuned})).training_flops == flops[0]


@pytest.mark.parametrize("method", ["one_shot", "wanda", "sparsegpt"])
def test_layers_that_do_not_fit_are_refused_when_the_plan_is_made_or_stay_dense(method):
    pattern = {"n": 2, "m": 4}
    cnn = WORKLOAD_ROWS[3]  # one channel, then four, then 245 units, then 16
    with pytest.raises(ValueError, match=r"2:4 needs inputs in groups of 4, but convs\.0 has 1, hidden\.0 has 245; use "
                       r"another m or indivisible: dense"):  # fmt: skip
        cost(make(cnn, {"name": method, "pattern": pattern}))
    dense = make(cnn, {"name": method, "pattern": pattern | {"indivisible": "dense"}})
    kept = {name: group.total for name, group in groups_of(dense.workload.layers, dense.method.pattern).items()}
    assert kept == {"convs.0": 36, "convs.1": 90, "hidden.0": 3920, "output": 80}
    assert [phase.sparsity for phase in dense.phases if phase.name == "measure"] == [None]
    with pytest.raises(ValueError, match=r"in groups of 64, but .*; use another m$"):
        cost(make(cnn, {"name": method, "pattern": {"n": 2, "m": 64, "indivisible": "dense"}}))


def test_a_pattern_that_removes_nothing_is_refused():
    with pytest.raises(ValidationError, match="n 4 of m 4 removes nothing; make n less than m"):
        NOfM(n=4, m=4)


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ({"name": "wanda"}, "give either a sparsity or a pattern"),
        ({"name": "sparsegpt", "sparsity": 0.5, "pattern": {"n": 1, "m": 2}}, "give either a sparsity or a pattern"),
        (
            {"name": "one_shot", "sparsity": 0.5, "pattern": {"n": 1, "m": 2}},
            "either a sparsity, a pattern or a threshold",
        ),
        ({"name": "one_shot", "pattern": {"n": 1, "m": 2}, "allocation": "erk"}, "leave out allocation"),
        ({"name": "one_shot", "sparsity": 0.5, "criterion": "gradient", "scale": "lamp"}, "criterion replaces"),
        ({"name": "one_shot", "threshold": 0.5, "reconstruct": True}, "a threshold alone decides"),
        ({"name": "one_shot", "sparsity": 0.5, "examples": 10}, "add reconstruct: true or leave them out"),
    ],
    ids=str,
)
def test_amounts_that_contradict_each_other_are_refused(method, told):
    with pytest.raises(ValidationError, match=told):
        Trial.model_validate({"workload": "digits_mlp", "method": method, "seed": 0})


def test_the_sparsity_of_a_pattern_is_exact():
    assert [NOfM(n=n, m=m).sparsity for n, m in ((2, 4), (1, 4), (1, 3))] == [0.5, 0.75, 2 / 3]
