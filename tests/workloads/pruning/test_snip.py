"""SNIP's score: the derivative of the loss to a gate on each weight."""

from copy import deepcopy

import pytest
import torch
from torch.nn.functional import cross_entropy

from tests.workloads.pruning.small import in_float64, linear, slope, some_weights
from tests.workloads.rows import WORKLOAD_ROWS
from workloads.data.probe import probe
from workloads.data.splits import Split
from workloads.network.state import State
from workloads.pruning.ranking import scores
from workloads.pruning.snip import SnipCriterion

MLP, CNN, BATCH_NORM = WORKLOAD_ROWS[0], WORKLOAD_ROWS[3], WORKLOAD_ROWS[4]
FOUR = torch.eye(4, dtype=torch.float64)


def scored(state: State, examples: Split, count: int = 100) -> dict[str, torch.Tensor]:
    return scores(SnipCriterion(examples=count), state.weights, state, examples, 0)


def test_four_numbers():
    """Outputs 1, -2, 3, 0 miss their targets by 1, -2, -3, -5, so the slopes are half of that; times the weights."""
    state = linear([1.0, -2, 3, 0])
    split = Split(FOUR, torch.tensor([[0.0], [0], [6], [5]], dtype=torch.float64))
    assert scored(state, split)["output"].tolist() == [[0.5, 2.0, 4.5, 0.0]]


def test_gradients_of_examples_cancel_before_the_absolute_value():
    """One example asks for more, the other for as much less. The mean of absolute values would be 6, not 0."""
    state = linear([3.0])
    split = Split(torch.ones(2, 1, dtype=torch.float64), torch.tensor([[4.0], [2.0]], dtype=torch.float64))
    assert scored(state, split)["output"].tolist() == [[0.0]]


@pytest.mark.parametrize(("workload", "count"), [(MLP, 100), (CNN, 10)], ids=["mlp", "cnn"])
def test_scores_are_slopes_of_the_loss_in_gates(workload, count, images_of):
    """A step so small that hardly any ReLU turns on or off between the two ends."""
    state, examples = in_float64(workload, images_of)
    sample = probe(examples, count, 0)
    found = scored(state, examples, count)

    @torch.no_grad()
    def loss() -> float:
        return float(cross_entropy(state.model(sample.inputs), sample.targets))

    for name, place in some_weights(state, 50):
        expected = abs(slope(loss, state, name, place, 1e-6))
        assert float(found[name][place]) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_batch_norm_is_scored_as_it_trains_and_its_statistics_do_not_move(images_of):
    """The trap: scoring in training mode moves the running statistics, and eval mode scores another network."""
    state, examples = in_float64(BATCH_NORM, images_of)
    sample, before = probe(examples, 100, 0), deepcopy(state.model.state_dict())
    training = deepcopy(state.model).train()
    found = scored(state, examples)
    names = [f"{name}.weight" for name in state.weights]
    parameters = dict(training.named_parameters())
    loss = cross_entropy(training(sample.inputs), sample.targets)
    slopes = torch.autograd.grad(loss, [parameters[name] for name in names])
    for (name, weight), gradient in zip(state.weights.items(), slopes, strict=True):
        assert torch.allclose(found[name], (weight.detach() * gradient).abs(), rtol=1e-9, atol=1e-15)
    assert any("running" in name for name in before)
    assert all(torch.equal(tensor, before[name]) for name, tensor in state.model.state_dict().items())


def test_as_many_examples_as_were_asked_for(images_of):
    state, examples = in_float64(MLP, images_of)
    one, other, again = (scored(state, examples, count)["output"] for count in (100, 20, 100))
    assert not torch.equal(one, other) and torch.equal(one, again)
