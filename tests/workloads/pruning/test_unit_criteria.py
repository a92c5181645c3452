"""Scores of units: by hand, against finite differences, and one for each unit of every network."""

from dataclasses import replace

import pytest
import torch

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from tests.workloads.smaller import UNIT_ROWS, scrambled, zeroed
from workloads.catalog import UNIT_CRITERIA
from workloads.data.probe import probe
from workloads.data.splits import Examples, Split
from workloads.network.loss import objective
from workloads.network.state import State
from workloads.pruning.ranking import Ranking
from workloads.script.criteria import UnitCriterion
from workloads.tasks.digits import DigitsMlp

ROWS = [row | ({"dropout": 0.0} if "heads" in row else {}) for row in (*WORKLOAD_ROWS, *UNIT_ROWS)]
every_network = pytest.mark.parametrize("row", ROWS, ids=named)


def scores(criterion: dict | str, state: State, examples: Examples | None = None, seed: int = 0):
    read: UnitCriterion = UNIT_CRITERIA.read(criterion)
    return read.unit_scores(Ranking(state.weights, state, examples, seed))


def perceptron(hidden: list, output: list, bias: list) -> State:
    """A network of one hidden layer with these weights; its output has no bias."""
    workload = DigitsMlp(hidden=(len(hidden),))
    state = State.new(workload, 0, torch.device("cpu"))
    state.model.hidden[0] = torch.nn.Linear(len(hidden[0]), len(hidden))
    state.model.output = torch.nn.Linear(len(hidden), len(output))
    values = {"hidden.0.weight": hidden, "hidden.0.bias": bias, "output.weight": output, "output.bias": [0.0]}
    state.model.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return state


def test_norms_by_hand():
    """Rows (1, -2) and (3, 4), columns (5) and (-6). Biases do not count."""
    state = perceptron([[1.0, -2.0], [3.0, 4.0]], [[5.0, -6.0]], [100.0, 0.0])
    assert scores("l1", state)["hidden.0"].tolist() == [3, 7]
    assert scores({"name": "l1", "of": "in_out"}, state)["hidden.0"].tolist() == [8, 13]
    assert scores("l2", state)["hidden.0"].tolist() == [pytest.approx(5**0.5), 5]
    both = scores({"name": "l2", "of": "in_out"}, state)["hidden.0"].tolist()
    assert both == [pytest.approx(30**0.5), pytest.approx(61**0.5)]


def test_activity_by_hand():
    """Neurons pass their input on: of 1, 2, 0 and -4 ReLU leaves 1, 2, 0, 0; of -1, 3, 5 and 1 it leaves 0, 3, 5, 1."""
    state = perceptron([[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0]], [0.0, 0.0])
    split = Split(torch.tensor([[1.0, -1], [2, 3], [0, 5], [-4, 1]]), torch.zeros(4, dtype=torch.int64))
    assert scores({"name": "activation", "examples": 4}, state, split)["hidden.0"].tolist() == [0.75, 2.25]
    apoz = {"name": "activation", "statistic": "apoz", "examples": 4}
    assert scores(apoz, state, split)["hidden.0"].tolist() == [0.5, 0.75]  # zeros: two of four, and one


@pytest.mark.parametrize("row", [ROWS[3], ROWS[6]], ids=named)
def test_activity_of_channels_is_a_mean_over_pixels(row, images_of):
    """Against the network's own activations, after ReLU and pooling."""
    trial = make(row, {"name": "dense"})
    state, split = State.new(trial.workload, 0, torch.device("cpu")), images_of(trial).train
    split = Split(split.inputs[:20], split.targets[:20])
    found = scores({"name": "activation", "examples": 20}, state, split)
    activations = state.model.eval().activations(split.inputs)[1:]
    for block, values in zip(state.workload.units(), activations):
        wanted = values.abs().mean((0, *range(2, values.ndim)))
        assert torch.allclose(found[block.layer], wanted, rtol=1e-5)


@every_network
def test_every_unit_has_a_score(row, images_of):
    trial = make(row, {"name": "dense"})
    state, examples = State.new(trial.workload, 0, torch.device("cpu")), images_of(trial).train
    for member in UNIT_CRITERIA.members:
        found = scores(member.model_fields["name"].default, state, examples)
        wanted = {block.layer: (block.count,) for block in trial.workload.units()}
        assert {layer: tuple(values.shape) for layer, values in found.items()} == wanted
        assert all(bool(values.isfinite().all()) and not values.requires_grad for values in found.values())
    assert not any(module._forward_pre_hooks for module in state.model.modules())


@every_network
def test_taylor_is_the_first_order_change_of_the_loss(row, images_of):
    """By finite differences: a factor 1 - t on the weights that read a unit, or on its output, which is the same."""
    trial = make(row, {"name": "dense"})
    state, examples = State.new(trial.workload, 0, torch.device("cpu")), images_of(trial).train
    state.model.double().load_state_dict(scrambled(trial.workload).state_dict())
    if isinstance(examples, Split):
        examples = replace(examples, inputs=examples.inputs.double())
    found = scores({"name": "taylor", "examples": 20}, state, examples)
    sample, loss, step = probe(examples, 20, 0), objective(trial.workload), 1e-4
    state.model.eval()

    def loss_at(block, unit: int, factor: float) -> float:
        whole, without = state.model.state_dict(), zeroed(state.model, block.outgoing, {unit})
        mixed = {name: tensor if not tensor.is_floating_point() else without[name] + factor * (tensor - without[name])
                 for name, tensor in whole.items()}  # fmt: skip
        with torch.no_grad():
            given = torch.func.functional_call(state.model, mixed, (sample.inputs,))
            return float(loss.loss(given, sample.targets))

    for block in trial.workload.units():
        for unit in range(0, block.count, max(1, block.count // 3)):
            slope = (loss_at(block, unit, 1 + step) - loss_at(block, unit, 1 - step)) / (2 * step)
            assert float(found[block.layer][unit]) == pytest.approx(slope**2, rel=1e-4, abs=1e-10)


def test_random_scores_depend_on_the_seed_alone():
    state = perceptron([[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0]], [0.0, 0.0])
    assert torch.equal(scores("random", state)["hidden.0"], scores("random", state)["hidden.0"])
    assert not torch.equal(scores("random", state)["hidden.0"], scores("random", state, seed=1)["hidden.0"])
