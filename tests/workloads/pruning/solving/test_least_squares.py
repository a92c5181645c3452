"""Weights fitted under a mask, held against numpy."""

import numpy as np
import pytest
import torch

from tests.workloads.pruning.solving.layer_problems import fitted, random_problem
from workloads.pruning.solving.least_squares import least_squares


def mask_of(rows: int, features: int, seed: int, density: float = 0.5) -> torch.Tensor:
    return torch.rand(rows, features, generator=torch.Generator().manual_seed(seed)) < density


def test_four_numbers():
    """Two inputs that are always equal: what one weight added, the other takes over. The third is alone."""
    inputs = torch.tensor([[1.0, 1, 0, 2], [2, 2, 1, 0], [1, 1, 3, 1]], dtype=torch.float64)
    weight, mask = torch.tensor([[0.5, 2.0, -1.0, 3.0]], dtype=torch.float64), torch.tensor([[True, False, True, True]])
    solved = least_squares(weight, inputs.T @ inputs, mask, damping=0)
    assert solved.numpy() == pytest.approx(np.array([[2.5, 0.0, -1.0, 3.0]]), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_without_damping_it_is_numpys_least_squares(seed):
    problem, inputs = random_problem(6, 12, seed)
    mask = mask_of(6, 12, seed)
    solved = least_squares(problem.weight, problem.moments, mask, damping=0)
    assert solved.numpy() == pytest.approx(fitted(problem.weight, inputs, mask), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("damping", [0.001, 0.01, 1.0])
def test_damping_is_as_good_as_examples_that_ask_for_the_old_weights(damping):
    """The same as one more input for each feature, of the square root of the damping, alone."""
    problem, inputs = random_problem(5, 10)
    mask = mask_of(5, 10, 3)
    size = (damping * problem.moments.diagonal().mean()).sqrt()
    wanted, found = inputs @ problem.weight.T, np.zeros((5, 10))
    for row, kept in enumerate(mask):
        more = size * torch.eye(int(kept.sum()), dtype=torch.float64)
        left = torch.cat([inputs[:, kept], more]).numpy()
        right = torch.cat([wanted[:, row], size * problem.weight[row, kept]]).numpy()
        found[row, kept.numpy()] = np.linalg.lstsq(left, right, rcond=None)[0]
    solved = least_squares(problem.weight, problem.moments, mask, damping)
    assert solved.numpy() == pytest.approx(found, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("damping", [0.0, 0.01])
def test_it_is_never_worse_than_the_mask_alone(seed, damping):
    problem, _ = random_problem(6, 12, seed)
    mask = mask_of(6, 12, seed, 0.3)
    solved = least_squares(problem.weight, problem.moments, mask, damping)
    assert problem.error(solved) <= problem.error(problem.weight * mask)
    assert not solved[~mask].any()


def test_a_row_that_keeps_all_and_one_that_keeps_none_stay_as_they_are():
    problem, _ = random_problem(2, 4)
    mask = torch.tensor([[True] * 4, [False] * 4])
    solved = least_squares(problem.weight, problem.moments, mask)
    assert torch.equal(solved[0], problem.weight[0]) and not solved[1].any()


def test_an_input_that_is_always_0_leaves_its_weight_alone():
    problem, inputs = random_problem(2, 5)
    inputs[:, 2] = 0
    mask = torch.tensor([[True, False, True, True, False]] * 2)
    solved = least_squares(problem.weight, inputs.T @ inputs, mask)
    assert torch.equal(solved[:, 2], problem.weight[:, 2])


def test_inputs_that_leave_a_choice_are_refused_without_damping():
    problem, inputs = random_problem(2, 4)
    inputs[:, 0] = 0
    mask = torch.tensor([[True, True, True, False]] * 2)
    with pytest.raises(ValueError, match="least squares has no single solution; use more examples, or damping"):
        least_squares(problem.weight, inputs.T @ inputs, mask, damping=0)
