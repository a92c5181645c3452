"""Scores that ask the network."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.probe import probe
from workloads.data.splits import Split
from workloads.network.state import State
from workloads.pruning.criteria import Activation, Gradient, Saliency
from workloads.pruning.grasp import GraspCriterion
from workloads.pruning.ranking import scores
from workloads.pruning.scores import activity
from workloads.pruning.snip import SnipCriterion
from workloads.pruning.synflow import SynflowCriterion

CPU = torch.device("cpu")
ON_COPIES = (SnipCriterion(), GraspCriterion(), SynflowCriterion())


@pytest.fixture(params=[0, 3], ids=["mlp", "cnn"])
def drawn(request, images_of):
    """A network as it is drawn, in float64, and its training split."""
    trial = make(WORKLOAD_ROWS[request.param], {"name": "dense"})
    state, split = State.new(trial.workload, 0, CPU), images_of(trial).train
    state.model.double()
    return state, Split(split.inputs.double(), split.targets)


def loss(state, split, examples):
    chosen = probe(split, examples, 0)
    with torch.no_grad():
        return float(cross_entropy(state.model(chosen.inputs), chosen.targets))


@pytest.mark.parametrize("criterion", [Gradient(examples=40), Saliency(examples=40)], ids=lambda one: one.name)
def test_first_order_scores_are_finite_differences_of_the_loss(drawn, criterion):
    """|dL/dw|, and |dL/dc| of a gate c in front of each weight: the oracle moves one weight at a time."""
    state, split = drawn
    scored = scores(criterion, state.weights, state, split, 0)
    for name, weight in state.weights.items():
        chosen = torch.randperm(weight.numel(), generator=torch.Generator().manual_seed(1))[:10]
        for index in zip(*(axis.tolist() for axis in torch.unravel_index(chosen, weight.shape))):
            value = float(weight.detach()[index])
            step = 1e-6 * (1.0 if criterion.name == "gradient" else value)
            weight.data[index] = value + step
            above = loss(state, split, 40)
            weight.data[index] = value - step
            below = loss(state, split, 40)
            weight.data[index] = value
            assert float(scored[name][index]) == pytest.approx(abs(above - below) / 2e-6, rel=1e-3, abs=1e-7)


def test_scoring_changes_nothing(drawn):
    state, split = drawn
    before = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    for criterion in (Gradient(), Saliency(), Activation(), Activation(statistic="apoz"), *ON_COPIES):
        scores(criterion, state.weights, state, split, 0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in state.model.state_dict().items())
    assert all(parameter.grad is None for parameter in state.model.parameters())


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("criterion", ON_COPIES, ids=lambda one: one.name)
def test_scoring_on_a_copy_leaves_gradients_and_mode_alone(criterion, training, drawn):
    state, split = drawn
    state.model.train(training)
    for weight in state.weights.values():
        weight.grad = torch.ones_like(weight)
    scores(criterion, state.weights, state, split, 0)
    assert all(module.training is training for module in state.model.modules())
    assert all(torch.equal(weight.grad, torch.ones_like(weight)) for weight in state.weights.values())


@pytest.mark.parametrize("criterion", [Gradient(), Saliency(), Activation(), *ON_COPIES], ids=lambda one: one.name)
def test_scoring_leaves_batch_norm_alone(criterion, images_of):
    """In training mode the running means would move, and with them what the network says."""
    trial = make(WORKLOAD_ROWS[4], {"name": "dense"})
    state = State.new(trial.workload, 0, CPU)
    before = {name: tensor.clone() for name, tensor in state.model.state_dict().items() if "running" in name}
    scores(criterion, state.weights, state, images_of(trial).train, 0)
    assert before and all(torch.equal(state.model.state_dict()[name], tensor) for name, tensor in before.items())


def test_activity_by_hand():
    """Means over examples, and over the positions of a channel."""
    units = torch.tensor([[1.0, 0.0], [3.0, 0.0], [2.0, 3.0]])
    assert activity(units).tolist() == [2.0, 1.0]
    assert activity((units != 0).float()).tolist() == [1.0, pytest.approx(1 / 3)]
    channels = torch.tensor([[[[1.0, 3.0]], [[0.0, 0.0]]], [[[0.0, 0.0]], [[2.0, 0.0]]]])  # (2, 2, 1, 2)
    assert activity(channels).tolist() == [1.0, 0.5]


@pytest.mark.parametrize("statistic", ["mean_absolute", "apoz"])
def test_weights_are_worth_what_their_unit_is(statistic):
    """Two inputs, three hidden units by hand: what they give for the examples (1, 0) and (1, 2) is
    (1, 2, 0) and (1, 0, 0) after the ReLU."""
    state = State.new(make({"name": "digits_mlp", "hidden": [3]}, {"name": "dense"}).workload, 0, CPU)
    state.model.hidden[0], state.model.output = nn.Linear(2, 3), nn.Linear(3, 2)
    state.model.hidden[0].weight.data = torch.tensor([[1.0, 0.0], [2.0, -1.0], [-1.0, 0.0]])
    state.model.hidden[0].bias.data.zero_()
    split = Split(torch.tensor([[[[1.0, 0.0]]], [[[1.0, 2.0]]]]), torch.tensor([0, 1]))
    found = scores(Activation(statistic=statistic), state.weights, state, split, 0)
    first, second = (1.0, 1.0) if statistic == "mean_absolute" else (1.0, 0.5)
    assert found["hidden.0"].tolist() == [[first] * 2, [second] * 2, [0.0] * 2]
    assert found["output"].tolist() == [[first, second, 0.0]] * 2


def test_as_many_examples_as_were_asked_for(drawn):
    state, split = drawn
    few, many = (scores(Gradient(examples=count), state.weights, state, split, 0) for count in (10, 200))
    assert not torch.equal(few["output"], many["output"])
    all_of_them = scores(Gradient(examples=10**6), state.weights, state, split, 0)
    assert all(torch.isfinite(score).all() for score in all_of_them.values())
