"""The phase that solves layers: errors as measured on the network itself, blocks in order, an optimizer in step."""

import pytest
import torch

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from workloads.data.probe import probe
from workloads.errors import TrialError
from workloads.network.layer_inputs import layer_inputs
from workloads.network.state import State
from workloads.pruning.changes import CHANGES
from workloads.pruning.row_groups import groups_of
from workloads.pruning.solving.problem import problems
from workloads.run import run_trial
from workloads.script.removals import SolveLayers
from workloads.training.loop import train
from workloads.trial import Measured, Record, Trial

MLP, CNN, NORMED, GPT2 = WORKLOAD_ROWS[0], WORKLOAD_ROWS[3], WORKLOAD_ROWS[4], WORKLOAD_ROWS[7]
four_networks = pytest.mark.parametrize("workload", [MLP, CNN, NORMED, GPT2], ids=named)
PATTERN = {"n": 2, "m": 4, "indivisible": "dense"}


def until_pruned(trial: Trial, images) -> tuple[State, State]:
    """The network before the pruning, and another one after it."""
    before, after = (State.new(trial.workload, 0, torch.device("cpu")) for _ in range(2))
    for phase in trial.phases:
        if phase.name == "measure":
            break
        if phase.name == "train":
            for state in (before, after):
                train(state, images.train, phase, trial.workload.steps, 0)
        else:
            after = CHANGES[phase.name](phase, after, trial, images)
    return before, after


def outputs(state: State, layer: str, images, count: int) -> torch.Tensor:
    """What a layer gives, without its bias, on the sample."""
    seen = []
    module = state.model.get_submodule(layer)
    hook = module.register_forward_hook(lambda _, inputs, output: seen.append(output))
    with torch.no_grad():
        state.model.eval()(probe(images.train, count, 0).inputs)
    hook.remove()
    bias = module.bias.detach()
    return seen[0] - (bias.view(-1, 1, 1) if seen[0].ndim == 4 else bias)


@four_networks
@pytest.mark.parametrize("method", ["wanda", "sparsegpt"])
@pytest.mark.parametrize("reconstruct", [True, False])
def test_the_error_of_the_first_layer_is_that_of_its_outputs(workload, method, reconstruct, images_of):
    """Its inputs are the same before and after, so the two networks themselves tell it."""
    trial = make(workload, {"name": method, "sparsity": 0.5, "examples": 50, "reconstruct": reconstruct})
    images = images_of(trial)
    before, after = until_pruned(trial, images)
    name = before.layers[0].name
    whole, pruned = (outputs(state, name, images, 50) for state in (before, after))
    error = float((pruned - whole).square().sum() / whole.square().sum())
    assert after.rule.summary[f"solve/layer_error/{name}"] == pytest.approx(error, rel=1e-3)


@four_networks
def test_second_moments_tell_the_squares_of_the_outputs(workload, images_of):
    """Of every output, in every layer: so columns and inputs are in the same order. The GPT-2 takes two chunks."""
    trial = make(workload, {"name": "dense"})
    state, images = State.new(trial.workload, 0, torch.device("cpu")), images_of(trial)
    layers = {layer.name: layer for layer in state.layers}
    for block in layer_inputs(state, images.train, 50, 0):
        for name, problem in problems(block, layers, state.masks).items():
            found = torch.einsum("oi,ij,oj->o", problem.weight, problem.moments, problem.weight)
            given = outputs(state, name, images, 50)
            given = given.movedim(1 if given.ndim == 4 else -1, 0).flatten(1)
            assert found.tolist() == pytest.approx(given.square().sum(1).tolist(), rel=1e-3)


@four_networks
@pytest.mark.parametrize("method", ["wanda", "sparsegpt", "one_shot"])
def test_solving_the_first_layers_lowers_their_error(workload, method, images_of):
    amount = {"name": method, "sparsity": 0.5, "examples": 50}
    errors = []
    for reconstruct in (False, True):
        if method == "one_shot" and not reconstruct:
            continue
        trial = make(workload, amount | {"reconstruct": reconstruct})
        _, state = until_pruned(trial, images_of(trial))
        errors.append(state.rule.summary[f"solve/layer_error/{state.layers[0].name}"])
    assert errors[-1] < (errors[0] if method != "one_shot" else 0.5)


@four_networks
@pytest.mark.parametrize("method", ["wanda", "sparsegpt", "one_shot"])
@pytest.mark.parametrize("reconstruct", [True, None])
def test_every_group_is_exact(workload, method, reconstruct, images_of):
    pattern = PATTERN | {"n": 1}
    trial = make(workload, {"name": method, "pattern": pattern, "reconstruct": reconstruct})
    _, state = until_pruned(trial, images_of(trial))
    for name, groups in groups_of(state.layers, trial.method.pattern).items():
        kept = groups.layer.rows(state.masks[name]).reshape(-1, groups.size).sum(1)
        assert (kept == groups.kept).all()
        weight = groups.layer.rows(state.weight(name).detach())
        assert not weight[~groups.layer.rows(state.masks[name])].any()


@pytest.mark.parametrize("optimizer", ["adam", "adamw", {"name": "sgd", "lr": 0.05, "momentum": 0.9}], ids=str)
def test_the_optimizer_forgets_what_it_knew_of_weights_that_changed(optimizer, images_of):
    trial = make(MLP, {"name": "sparsegpt", "sparsity": 0.5}, optimizer=optimizer)
    before, after = until_pruned(trial, images_of(trial))
    kept = 0
    for name, weight in after.weights.items():
        changed = weight.detach() != before.weight(name).detach()
        assert (changed & after.masks[name]).any()
        for buffer in after.optimizer.state[weight].values():
            if buffer.shape == weight.shape:
                assert not buffer[changed].any()
                kept += int((buffer[~changed] != 0).sum())
    assert kept, "weights that did not change keep their buffers"


def test_a_layer_without_a_solution_is_named(images_of):
    trial = make(MLP, {"name": "sparsegpt", "sparsity": 0.5, "examples": 3, "damping": 0.0})
    with pytest.raises(TrialError, match=r"hidden\.0: the inputs of a layer depend on each other"):
        list(run_trial(trial, images_of(trial)))


@four_networks
def test_a_criterions_masks_are_those_of_pruning_at_once(workload, images_of):
    """Only the weights differ: they are solved."""
    amount = {
        "name": "one_shot",
        "sparsity": 0.6,
        "criterion": "saliency",
        "allocation": "erk",
        "fine_tune": {"steps": 0},
    }
    plain, solved = (make(workload, amount | more) for more in ({}, {"reconstruct": True}))
    images = images_of(plain)
    masks = [until_pruned(trial, images)[1].masks for trial in (plain, solved)]
    assert all(torch.equal(masks[0][name], masks[1][name]) for name in masks[0])


def test_nothing_to_remove_changes_nothing(images_of):
    trial = make(MLP, {"name": "wanda", "sparsity": 0.0})
    before, after = until_pruned(trial, images_of(trial))
    assert all(torch.equal(before.weight(name), weight) for name, weight in after.weights.items())
    assert isinstance(trial.phases[1], SolveLayers) and not after.rule.summary


def test_the_errors_are_recorded_once_at_the_end_of_the_run(images_of):
    trial = make(MLP, {"name": "wanda", "sparsity": 0.5, "fine_tune": {"steps": 4}})
    events = list(run_trial(trial, images_of(trial)))
    found = {event.name: event.value for event in events if isinstance(event, Record) and "solve/" in event.name}
    by_layer = [found[f"solve/layer_error/{layer.name}"] for layer in trial.workload.layers]
    assert found["solve/layer_error"] == pytest.approx(sum(by_layer) / 3) and len(found) == 4
    assert sum("solve/" in event.name for event in events if isinstance(event, Record)) == 4
    (measured,) = [event for event in events if isinstance(event, Measured)]
    assert measured.state.step == 16
