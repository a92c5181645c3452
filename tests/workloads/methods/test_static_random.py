"""Masks at initialisation, and the scale of the weights under them."""

import torch

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.network.state import State
from workloads.pruning.changes import prune, rescale
from workloads.run import run_trial
from workloads.script.phases import Rescale
from workloads.trial import Measured

CPU = torch.device("cpu")
SCALED = {"name": "static_random", "sparsity": 0.75, "init_scale": "fan_in"}


def begun(trial, images) -> State:
    """A network at the step at which its training begins."""
    state = State.new(trial.workload, trial.seed, CPU)
    for phase in trial.phases:
        if phase.name in ("prune", "rescale"):
            state = {"prune": prune, "rescale": rescale}[phase.name](phase, state, trial, images)
    return state


def test_five_weights():
    """Of the output's 20 weights 5 are kept, so each of them doubles; a whole layer and the biases stay."""
    trial = make(WORKLOAD_ROWS[0] | {"hidden": [2]}, {"name": "dense"})
    state = State.new(trial.workload, 0, CPU)
    state.masks = {"hidden.0": torch.ones(2, 64, dtype=torch.bool), "output": torch.zeros(10, 2, dtype=torch.bool)}
    state.masks["output"].view(-1)[:5] = True  # of 20
    state.put_masks(state.masks)
    state.weight("output").data.view(-1)[:5] = torch.tensor([1.0, -2, 3, 0, 5])
    before, bias = state.weight("hidden.0").detach().clone(), state.model.output.bias.detach().clone()
    rescale(Rescale(), state, trial, None)
    assert state.weight("output").detach().view(-1)[:6].tolist() == [2, -4, 6, 0, 10, 0]
    assert torch.equal(state.weight("hidden.0"), before) and torch.equal(state.model.output.bias, bias)


def test_an_empty_layer_stays_empty():
    trial = make(WORKLOAD_ROWS[0], {"name": "dense"})
    state = State.new(trial.workload, 0, CPU)
    state.put_masks(state.masks | {"output": torch.zeros_like(state.masks["output"])})
    rescale(Rescale(), state, trial, None)
    assert not state.weight("output").any() and all(weight.isfinite().all() for weight in state.weights.values())


def test_units_receive_as_much_as_in_the_dense_network(images_of):
    """Of inputs of unit variance, what flows into a unit has the sum of the squares of its weights as variance."""
    wide = WORKLOAD_ROWS[1] | {"hidden": [300, 100]}

    def received(method) -> dict[str, float]:
        trial = make(wide, method)
        weights = begun(trial, images_of(trial)).weights
        return {name: float(weight.detach().square().sum(1).mean()) for name, weight in weights.items()}

    dense, scaled, plain = received({"name": "dense"}), received(SCALED), received(SCALED | {"init_scale": None})
    for name in ("hidden.0", "hidden.1"):
        assert abs(scaled[name] / dense[name] - 1) < 0.03 and abs(plain[name] / dense[name] - 0.25) < 0.03


def test_the_same_masks_and_draws_stand_under_another_scale(images_of):
    trials = [make(WORKLOAD_ROWS[0], SCALED | {"init_scale": scale}) for scale in ("fan_in", None)]
    one, other = (begun(trial, images_of(trial)) for trial in trials)
    for name, weight in one.weights.items():
        assert torch.equal(one.masks[name], other.masks[name])
        factor = (one.masks[name].numel() / int(one.masks[name].sum())) ** 0.5
        assert torch.allclose(weight.detach(), factor * other.weights[name].detach())


def test_it_trains_another_network_and_its_twin_is_the_dense_one(images_of):
    one, other = (make(WORKLOAD_ROWS[0], SCALED | {"init_scale": scale}) for scale in ("fan_in", None))
    keys = {event.network for trial in (one, other) for event in run_trial(trial, images_of(trial))
            if isinstance(event, Measured)}  # fmt: skip
    assert len(keys) == 2 and one.key != other.key
    assert one.twin().key == other.twin().key and one.twin().method.name == "dense"
    assert make(WORKLOAD_ROWS[0], SCALED | {"sparsity": 0.0}).canonical().method.name == "dense"
