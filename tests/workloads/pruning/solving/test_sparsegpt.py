"""SparseGPT, held against its own definition without Cholesky, least squares, and magnitude."""

import numpy as np
import pytest
import torch

from tests.workloads.pruning.solving.layer_problems import correlated, fitted, problem, random_problem
from workloads.models.layer import Layer
from workloads.pruning.row_groups import RowGroups
from workloads.pruning.select import keep_highest
from workloads.pruning.solving.sparsegpt import sparsegpt


def ties() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def swept(weight: torch.Tensor, moments: torch.Tensor, mask: torch.Tensor) -> np.ndarray:
    """The oracle: optimal brain surgery, column after column, with the inverse of H reduced after each.

    A column that is done leaves the problem: one step of Gauss elimination takes it out of the inverse."""
    weight, inverse = weight.numpy().copy(), np.linalg.inv(moments.numpy())
    for column in range(weight.shape[1]):
        error = np.where(mask[:, column], 0, weight[:, column]) / inverse[column, column]
        weight[:, column:] -= np.outer(error, inverse[column, column:])
        inverse -= np.outer(inverse[:, column], inverse[column]) / inverse[column, column]
    return weight * mask.numpy()


@pytest.mark.parametrize("seed", range(4))
def test_each_column_is_solved_by_optimal_brain_surgery(seed):
    layer, _ = random_problem(5, 12, seed)
    weight, mask = sparsegpt(layer, 30, 12, 0.0, ties())
    assert weight.numpy() == pytest.approx(swept(layer.weight, layer.moments, mask), rel=1e-8, abs=1e-10)
    assert int(mask.sum()) == 30 and not weight[~mask].any()


def test_the_first_column_alone_is_one_step_of_optimal_brain_surgery():
    """Minus w_0 / [H⁻¹]_00 times the first row of H⁻¹ (Frantar & Alistarh 2023, equation 3)."""
    layer, _ = random_problem(1, 6)
    layer.weight[0, 0] = 1e-6
    weight, mask = sparsegpt(layer, 5, 6, 0.0, ties())
    inverse = torch.linalg.inv(layer.moments)
    assert mask.tolist() == [[False, True, True, True, True, True]]
    expected = layer.weight[0] - layer.weight[0, 0] / inverse[0, 0] * inverse[0]
    assert weight[0].tolist() == pytest.approx(expected.tolist(), abs=1e-15)


@pytest.mark.parametrize("scale", [1.0, 7.0])
def test_inputs_that_have_nothing_to_do_with_each_other_make_it_magnitude(scale):
    """H is a multiple of I: in each block the smallest weights go, and the others do not move."""
    drawn = torch.randn(6, 8, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    layer = problem(drawn, scale * torch.eye(8, dtype=torch.float64))
    weight, mask = sparsegpt(layer, 24, 4, 0.01, ties())
    for begin in (0, 4):
        part = drawn[:, begin : begin + 4].abs()
        assert torch.equal(mask[:, begin : begin + 4], keep_highest(part, 12, ties()))
    assert torch.equal(weight, drawn * mask)


def test_the_first_columns_alone_leave_the_least_squares_of_the_others():
    """Greedy from left to right: what is removed first of all can be made up for in full."""
    layer, inputs = random_problem(4, 10)
    layer.weight[:, :3] *= 1e-4
    weight, mask = sparsegpt(layer, 28, 10, 0.0, ties())
    assert mask.tolist() == [[False] * 3 + [True] * 7] * 4
    assert weight.numpy() == pytest.approx(fitted(layer.weight, inputs, mask), rel=1e-7, abs=1e-9)


def test_columns_left_of_the_first_that_goes_stay():
    layer, _ = random_problem(1, 8)
    layer.weight[0, 5] = 1e-6
    weight, mask = sparsegpt(layer, 7, 8, 0.01, ties())
    assert not mask[0, 5] and torch.equal(weight[0, :5], layer.weight[0, :5])
    assert not torch.equal(weight[0, 6:], layer.weight[0, 6:])


@pytest.mark.parametrize("seed", range(10))
def test_its_outputs_are_never_further_off_than_those_of_magnitude(seed):
    """Where the columns are several blocks: no theorem, but far from a tie. In a single block it can lose."""
    layer, _ = random_problem(32, 64, seed, uses=256)
    weight, mask = sparsegpt(layer, 1024, 8, 0.01, ties())
    smallest = keep_highest(layer.weight.abs(), 1024, ties())
    assert int(mask.sum()) == 1024
    assert layer.error(weight) < 0.6 * layer.error(layer.weight * smallest)


@pytest.mark.parametrize(("kept", "block"), [(50, 8), (37, 5), (1, 3), (96, 4)])
def test_all_blocks_together_keep_exactly_what_is_asked_for(kept, block):
    layer, _ = random_problem(6, 16)
    _, mask = sparsegpt(layer, kept, block, 0.01, ties())
    assert int(mask.sum()) == kept


@pytest.mark.parametrize(("n", "m", "block"), [(2, 4, 128), (1, 4, 6), (3, 8, 8)])
def test_groups_are_exact_and_chosen_by_the_weights_at_their_first_column(n, m, block):
    layer, _ = random_problem(5, 16)
    groups = RowGroups(Layer("layer", (5, 16)), m, n)
    weight, mask = sparsegpt(layer, groups, block, 0.0, ties())
    assert mask.view(-1, m).sum(1).tolist() == [n] * (5 * 16 // m)
    assert weight.numpy() == pytest.approx(swept(layer.weight, layer.moments, mask), rel=1e-8, abs=1e-10)
    root = torch.linalg.cholesky(torch.linalg.inv(layer.moments), upper=True)
    before = torch.from_numpy(swept_until(layer, mask, m))  # the second group's weights once the first is done
    second = (before / root.diagonal()).square()[:, m : 2 * m]
    assert torch.equal(mask[:, m : 2 * m], second >= second.sort(1).values[:, [m - n]])


def swept_until(layer, mask, column: int) -> np.ndarray:
    """The weights when the sweep reaches a column: nothing is removed from there on."""
    later = mask.clone()
    later[:, column:] = True
    return swept(layer.weight, layer.moments, later)


def test_weights_of_inputs_that_are_always_0_go_first_and_stay_as_they_are():
    drawn = torch.randn(3, 6, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    inputs = correlated(50, 6)
    inputs[:, [1, 4]] = 0
    weight, mask = sparsegpt(problem(drawn, inputs), 12, 6, 0.01, ties())
    assert mask.sum(0).tolist() == [3, 0, 3, 3, 0, 3]
    weight, mask = sparsegpt(problem(drawn, inputs), 16, 6, 0.01, ties())
    silent = mask[:, [1, 4]]
    assert int(silent.sum()) == 4 and torch.equal(weight[:, [1, 4]][silent], drawn[:, [1, 4]][silent])


def test_inputs_that_depend_on_each_other_are_refused_without_damping():
    layer, inputs = random_problem(2, 4)
    inputs[:, 1] = inputs[:, 0]
    with pytest.raises(ValueError, match="second moments have no inverse; use more examples, or damping"):
        sparsegpt(problem(layer.weight, inputs), 4, 4, 0.0, ties())
