"""Wanda: by hand, and against what it must be where all inputs are alike."""

from types import SimpleNamespace

import pytest
import torch

from tests.workloads.pruning.small import linear, perceptron
from tests.workloads.rows import make
from workloads.data.splits import DataSet, Split
from workloads.models.layer import Layer
from workloads.network.state import State
from workloads.pruning.solving.layers import solve_layers
from workloads.script.removals import SolveLayers
from workloads.script.solvers import WandaSolver

TRIAL = make({"name": "digits_mlp"}, {"name": "dense"})


def pruned(state: State, inputs: torch.Tensor, sparsity: float) -> State:
    layers = tuple(Layer(name, tuple(mask.shape)) for name, mask in state.masks.items())
    state.workload = SimpleNamespace(layers=layers)  # the sizes that the test gives, not a data set's
    split = Split(inputs.double(), torch.zeros(len(inputs), dtype=torch.int64))
    phase = SolveLayers(solver=WandaSolver(), to=sparsity, allocation="per_row", examples=len(inputs))
    return solve_layers(phase, state, TRIAL, DataSet(split, None, None, digest=""))


def test_four_numbers():
    """Norms 5, 1, 2 and 0.5: scores 5, 6, 4 and 2. The largest weights are the second and the fourth."""
    inputs = torch.tensor([[3.0, 0, 2, 0], [4.0, 1, 0, 0.5]])
    state = pruned(linear([1.0, -6, 2, 4]), inputs, 0.5)
    assert state.masks["output"].tolist() == [[True, True, False, False]]
    assert state.weight("output").tolist() == [[1.0, -6.0, 0.0, 0.0]]


def test_rows_do_not_compete():
    """The second row is smaller throughout, and loses no more."""
    inputs = torch.eye(4)
    state = pruned(perceptron([[4.0, 3, 2, 1], [0.1, 0.2, 0.3, 0.4]], [[1.0, 1]]), inputs, 0.5)
    assert state.masks["hidden.0"].tolist() == [[True, True, False, False], [False, False, True, True]]


def test_equal_norms_make_it_magnitude_and_equal_weights_the_norms():
    drawn = torch.randn(3, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    state = pruned(perceptron(drawn.tolist(), [[1.0] * 3]), 5 * torch.eye(8), 0.25)
    smallest = drawn.abs().argsort(1)[:, :2]
    assert all(not state.masks["hidden.0"][row, places].any() for row, places in enumerate(smallest))
    ones = perceptron([[1.0] * 8] * 3, [[1.0] * 3])
    state = pruned(ones, torch.diag(torch.tensor([3.0, 1, 4, 2, 5, 9, 6, 8])), 0.25)
    assert (~state.masks["hidden.0"]).nonzero()[:, 1].tolist() == [1, 3] * 3


@pytest.mark.parametrize(("sparsity", "kept"), [(0.5, 3), (0.2, 4), (0.19, 5), (0.79, 2), (0.8, 1)])
def test_of_five_inputs_the_floor_goes(sparsity, kept):
    state = pruned(linear([1.0, 2, 3, 4, 5]), torch.eye(5), sparsity)
    assert int(state.masks["output"].sum()) == kept


def test_the_next_block_is_chosen_by_what_the_pruned_one_gives_it():
    """With all weights the first unit gives more, 3.25 against 2.75; without the weaker of each, 2 against 2.75."""
    first = perceptron([[1.25, 1.5], [0.0, 2.25]], [[1.0, 1.0]])
    state = pruned(first, torch.tensor([[1.0, 1.0]]), 0.5)
    assert state.masks["hidden.0"].tolist() == [[False, True], [False, True]]
    assert state.masks["output"].tolist() == [[False, True]]
