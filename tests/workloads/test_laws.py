"""Laws that every method and every workload must keep. A new one joins by adding a row."""

import json

import pytest
import torch

from dashboards.schema import MACHINE_METRICS
from tests.workloads.rows import METHOD_ROWS, PAIRS, WORKLOAD_ROWS, every, make, named
from workloads import run
from workloads.catalog import METHODS, WORKLOADS
from workloads.cost.estimate import cost
from workloads.pruning.allocation import counts, total
from workloads.pruning.row_groups import groups_of
from workloads.run import run_trial
from workloads.script.phases import Train
from workloads.training.loop import train
from workloads.trial import Measured, Record, Trial

OPTIMIZERS = [
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 1e-3},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True},
    {"name": "adam", "weight_decay": 1e-3},
    {"name": "adamw"},
]

STRAYS = (  # train before their masks, or shrink
    "small_dense", "one_shot", "iterative", "lottery_ticket", "structured", "wanda", "sparsegpt",
)  # fmt: skip

every_method = pytest.mark.parametrize("method", METHOD_ROWS, ids=named)
every_workload = pytest.mark.parametrize("workload", WORKLOAD_ROWS, ids=named)
every_pair = every(PAIRS)


def network(trial: Trial, images, kernels="auto") -> dict[str, torch.Tensor]:
    *_, measured = [event for event in run_trial(trial, images, kernels=kernels) if isinstance(event, Measured)]
    return measured.state.model.state_dict()


def figures(trial: Trial, images, kernels="auto") -> list[tuple]:
    records = [event for event in run_trial(trial, images, kernels=kernels) if isinstance(event, Record)]
    return [(r.label, r.step, r.name, r.value) for r in records if r.name not in MACHINE_METRICS]


def steps_taken(trial: Trial, images, monkeypatch) -> int:
    taken = []

    def counted(state, split, phase, *settings):
        taken.append(phase.stop - phase.start)
        train(state, split, phase, *settings)

    monkeypatch.setattr(run, "train", counted)
    list(run_trial(trial, images))
    return sum(taken)


def test_the_rows_name_every_method_and_every_workload():
    assert {row["name"] for row in METHOD_ROWS} == {cls.model_fields["name"].default for cls in METHODS.members}
    assert {row["name"] for row in WORKLOAD_ROWS} == {cls.model_fields["name"].default for cls in WORKLOADS.members}


@every_pair
def test_settings_survive_json(workload, method):
    trial = make(workload, method)
    again = Trial.model_validate(json.loads(trial.model_dump_json()))
    assert again == trial and again.key == trial.key


@every_workload
def test_declared_layers_are_those_of_the_network(workload):
    trial = make(workload, {"name": "dense"})
    model = trial.workload.model(0)
    for layer in trial.workload.layers:
        assert model.get_submodule(layer.name).weight.shape == layer.shape
    embeddings = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    weights = [each for each in model.parameters() if each.ndim > 1 and id(each) not in embeddings]
    assert sum(weight.numel() for weight in weights) == trial.workload.prunable


@every_pair
def test_steps_are_those_planned(workload, method, images_of, monkeypatch):
    trial = make(workload, method)
    assert steps_taken(trial, images_of(trial), monkeypatch) == cost(trial).steps


@every_workload
def test_an_epoch_drops_its_last_partial_batch(workload, images_of):
    training = {"training": {"epochs": 3, "batch_size": 100}}
    trial = Trial.model_validate({"workload": workload | training, "method": "dense", "seed": 0})
    assert trial.workload.steps == 3 * images_of(trial).train.batches(100)


@every_pair
def test_same_trial_same_figures(workload, method, images_of, kernels="auto"):
    trial = make(workload, method)
    torch.manual_seed(1)
    first = figures(trial, images_of(trial), kernels)
    torch.manual_seed(2)  # the global stream must not matter
    assert figures(trial, images_of(trial), kernels) == first


@every_method
def test_seeds_differ(method, images_of):
    trials = [make(WORKLOAD_ROWS[0], method, seed) for seed in (0, 1)]
    assert figures(trials[0], images_of(trials[0])) != figures(trials[1], images_of(trials[1]))


@every_pair
def test_measuring_more_or_less_changes_no_weight(workload, method, images_of, kernels="auto"):
    often, seldom = (make(workload, method, every=every) for every in (1, 100))
    weights = network(often, images_of(often), kernels)
    for name, tensor in network(seldom, images_of(seldom), kernels).items():
        assert torch.equal(tensor, weights[name])


@every_method
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda row: "-".join(map(str, row.values())))
def test_hard_zeros_hold_after_every_step(method, optimizer, images_of):
    trial = make(WORKLOAD_ROWS[0], method, optimizer=optimizer, clip_norm=1.0)
    images = images_of(trial)
    *_, measured = [event for event in run_trial(trial, images) if isinstance(event, Measured)]
    state = measured.state
    for position in range(100):
        train(state, images.train, Train(start=position, stop=position + 1), 100, 0)
        for name, weight in state.weights.items():
            assert weight.detach()[~state.masks[name]].count_nonzero() == 0
            count, kept = int(weight.detach()[state.masks[name]].count_nonzero()), int(state.masks[name].sum())
            # a weight that grows starts at 0, and stays there where its input is 0 for every example
            assert count == kept if trial.method.zeros == "hard" else count <= kept


@every_pair
def test_counts_are_exact(workload, method, images_of, kernels="auto"):
    trial = make(workload, method)
    *_, measured = [
        event for event in run_trial(trial, images_of(trial), kernels=kernels) if isinstance(event, Measured)
    ]
    measured.state.check_zeros()
    layers = trial.workload.layers
    sparsity = method.get("sparsity", 0.0)
    if method["name"] == "static_random":
        kept = counts(layers, sparsity, method.get("allocation", "uniform"), tuple(method.get("dense_layers", ())))
        assert measured.state.kept_counts == kept
    globally = (
        "snip",
        "grasp",
        "synflow",
        "one_shot",
        "gradual",
        "iterative",
        "lottery_ticket",
        "early_bird",
        "adaptive",
    )
    if method["name"] in globally and method.keys() & {"sparsity", "levels"}:
        kept, asked = measured.state.kept_counts, method["sparsity"] if "sparsity" in method else method["levels"][-1]
        if method.get("allocation", method["name"]) in (
            "erk",
            "uniform",
            "per_row",
            "lottery_ticket",
        ):  # layer by layer
            assert kept == counts(layers, asked, method.get("allocation", "uniform"))
        else:
            assert sum(kept.values()) == total(layers, asked)
    if method["name"] == "sparsegpt" and sparsity:
        assert measured.state.kept_counts == counts(layers, sparsity, "uniform")
    if method["name"] == "wanda" and sparsity:
        assert measured.state.kept_counts == counts(layers, sparsity, "per_row")
    if "pattern" in method:
        groups = groups_of(layers, trial.method.pattern)
        assert measured.state.kept_counts == {name: group.total for name, group in groups.items()}
    if method["name"] == "small_dense":
        # weights of one more unit in the last hidden layer, in GPT-2 in the MLP of every block
        mlps = [layer for layer in layers if ".mlp." in layer.name] or layers[-2:]
        unit = sum(layer.size for layer in mlps) / layers[-2].shape[1 if layers[-2].inputs_first else 0]
        assert abs(sum(measured.state.kept_counts.values()) - total(layers, sparsity)) <= unit / 2
        assert all(bool(mask.all()) for mask in measured.state.masks.values())


@every_method
def test_initial_weights_do_not_depend_on_the_mask(method, images_of):
    trial = make(WORKLOAD_ROWS[0], method)
    if method["name"] in STRAYS or method.get("resample"):
        pytest.skip("a smaller network has weights of its own, and a trained or resampled one has left its first")
    from workloads.network.state import State
    from workloads.pruning.changes import CHANGES

    dense = trial.workload.model(0).state_dict()
    state = State.new(trial.workload, 0, torch.device("cpu"))
    for phase in trial.phases:
        if phase.name == "measure":
            break
        if phase.name in CHANGES and phase.name != "rescale":
            state = CHANGES[phase.name](phase, state, trial, images_of(trial))
    for name, weight in state.weights.items():
        kept = state.masks[name]
        assert torch.equal(weight[kept], dense[f"{name}.weight"][kept])


@every_pair
def test_a_twin_removes_nothing_and_takes_the_same_steps(workload, method, images_of):
    trial = make(workload, method)
    *_, measured = [event for event in run_trial(trial.twin(), images_of(trial)) if isinstance(event, Measured)]
    assert sum(measured.state.kept_counts.values()) == trial.workload.prunable
    if trial.twin().method.name != "dense":
        assert measured.state.tally.steps_total == cost(trial).steps
    else:
        assert measured.state.tally.steps_total == trial.workload.steps
    begins_anew = any(phase.name in ("rewind", "reinitialize") for phase in trial.phases)
    removals = ("prune", "cut", "remove_units", "solve_layers")
    after_training = any(phase.name in removals for phase in trial.phases[1:])
    if begins_anew or not after_training or not any(isinstance(phase, Train) for phase in trial.phases[2:]):
        assert trial.twin().method.name == "dense"


@every_pair
def test_every_run_has_its_own_records_and_its_twin_the_same_steps(workload, method, images_of):
    trial = make(workload, method)
    ends = {}
    for one in (trial, trial.twin()):
        records = [event for event in run_trial(one, images_of(trial)) if isinstance(event, Record)]
        measured = [phase.label for phase in one.phases if phase.name == "measure"]
        assert list(dict.fromkeys(record.label for record in records)) == measured
        ends[one.key] = {record.label: record.value for record in records if record.name == "cost/steps_total"}
    labels, of_twin = ends[trial.key], ends[trial.twin().key]
    if trial.twin().method.name == "dense":
        assert list(of_twin.values()) == [trial.workload.steps]
    else:
        assert labels == of_twin


@every_method
def test_training_in_bfloat16_keeps_the_counts_and_the_zeros(method, images_of):
    trial = make(WORKLOAD_ROWS[0], method)
    images = images_of(trial)
    *_, exact = [event for event in run_trial(trial, images) if isinstance(event, Measured)]
    *_, rounded = [event for event in run_trial(trial, images, precision="bfloat16") if isinstance(event, Measured)]
    kept, of_exact = (sum(one.state.kept_counts.values()) for one in (rounded, exact))
    assert kept == of_exact or "threshold" in method
    rounded.state.check_zeros()
    weights = rounded.state.model.state_dict()
    assert all(weight.dtype == torch.float32 for weight in weights.values())
    assert any(not torch.equal(weight, weights[name]) for name, weight in exact.state.model.state_dict().items())
