"""SET, RigL, MEST and GraNet as trials."""

import pytest
import torch

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.cost.estimate import cost
from workloads.cost.operations import training_flops
from workloads.pruning.allocation import counts, total
from workloads.run import run_trial
from workloads.trial import Checkpoint, Measured, Record

MLP = WORKLOAD_ROWS[0]


def ended(trial, images) -> tuple[dict[str, list[tuple[int, float]]], Measured]:
    found: dict[str, list[tuple[int, float]]] = {}
    *events, measured = run_trial(trial, images)
    for event in events:
        if isinstance(event, Record):
            found.setdefault(event.name, []).append((event.step, event.value))
    return found, measured


def test_rigl_updates_before_three_quarters_and_set_at_every_epoch_but_the_last():
    rigl, by_epoch = ({"name": name, "sparsity": 0.9} for name in ("rigl", "set"))
    assert make(MLP, rigl, steps=800).phases[1].rule.positions == (100, 200, 300, 400, 500)
    trial = make(MLP, by_epoch, steps=160)
    epoch = trial.workload.steps_per_epoch
    assert 160 // epoch > 2 and trial.phases[1].rule.positions == tuple(range(epoch, 160, epoch))


@pytest.mark.parametrize("name", ["set", "rigl", "mest"])
@pytest.mark.parametrize("allocation", ["erk", "uniform"])
def test_counts_per_layer_are_those_of_the_first_masks(name, allocation, images_of):
    method = {"name": name, "sparsity": 0.9, "every": 2, "allocation": allocation}
    trial = make(MLP, method, steps=20)
    wanted = counts(trial.workload.layers, 0.9, allocation)
    for event in run_trial(trial, images_of(trial)):
        if isinstance(event, Checkpoint):
            assert event.state.kept_counts == wanted


@pytest.mark.parametrize("name", ["set", "rigl", "mest", "granet"])
def test_masks_move_and_tell_how_far(name, images_of):
    trial = make(MLP, {"name": name, "sparsity": 0.9, "every": 4}, steps=20)
    found, measured = ended(trial, images_of(trial))
    steps = list(trial.phases[1].rule.positions)
    churn, explored = found["masks/churn"], found["masks/exploration"]
    assert [step for step, _ in churn] == [step for step, _ in explored] == steps
    assert all(0 < value < 1 for _, value in churn[:-1])
    values = [value for _, value in explored]
    assert values == sorted(values) and values[0] > 0.1
    explored_now = sum(int(mask.sum()) for mask in measured.state.rule.group("explored").values())
    assert values[-1] == explored_now / trial.workload.prunable


def test_granet_ends_where_it_should_and_begins_half_way(images_of):
    trial = make(MLP, {"name": "granet", "sparsity": 0.9, "every": 4}, steps=20, every=1)
    found, measured = ended(trial, images_of(trial))
    seen = [round(value, 3) for _, value in found["pruning/sparsity"]]
    assert seen[0] == 0.5 and seen == sorted(seen) and sum(measured.state.kept_counts.values()) == total(
        trial.workload.layers, 0.9
    )  # fmt: skip
    # at 4 of 15 steps: 0.5 + 0.4 (1 - (11/15)^3) = 0.742
    assert dict(found["pruning/sparsity"])[4] == pytest.approx(0.742, abs=5e-4)


def test_operations_of_rigl_by_formula(images_of):
    """In every 4 steps three sparse ones, 3 f_S, and one with dense gradients, 2 f_S + f_D (Evci et al. 2020)."""
    method = {"name": "rigl", "sparsity": 0.75, "every": 4, "until": 1.0, "allocation": "uniform"}
    trial = make(MLP, method, steps=16)  # updates at 4, 8 and 12
    found, _ = ended(trial, images_of(trial))
    dense, sparse = 2 * 6464, 2 * 6464 // 4
    wanted = 32 * (13 * 3 * sparse + 3 * (2 * sparse + dense))
    assert found["cost/training_flops"] == [(16, wanted)] and cost(trial).training_flops == wanted
    static = make(MLP, {"name": "set", "sparsity": 0.75, "every": 4, "allocation": "uniform"}, steps=16)
    layers = static.workload.layers
    assert cost(static).training_flops == 16 * 32 * training_flops(layers, counts(layers, 0.75, "uniform"))


def test_accumulated_gradients_are_sums_over_the_last_steps(images_of):
    """Accumulating over three batches chooses other places than one batch does, and takes three dense gradients."""
    trials = [
        make(MLP, {"name": "rigl", "sparsity": 0.9, "every": 4, "accumulate": count, "allocation": "uniform"}, steps=8)
        for count in (1, 3)
    ]
    (_, one), (_, three) = (ended(trial, images_of(trial)) for trial in trials)
    assert any(not torch.equal(mask, three.state.masks[name]) for name, mask in one.state.masks.items())
    more = 32 * 2 * 2 * (6464 - sum(one.state.kept_counts.values()))
    assert cost(trials[1]).training_flops - cost(trials[0]).training_flops == more


def test_rigl_takes_no_weight_step_at_an_update_and_set_does(images_of):
    """A learning rate that falls to nothing but at the update: what moved there moved by the optimizer."""
    moved = {}
    for name in ("rigl", "set"):
        before, after = (
            {event.place.position: {key: value.clone() for key, value in event.state.model.state_dict().items()}
             for event in run_trial(trial, images_of(trial)) if isinstance(event, Checkpoint)}
            for trial in [make(MLP, {"name": name, "sparsity": 0.9, "every": 4, "until": 0.5}, steps=10, every=1)] * 2
        )  # fmt: skip
        moved[name] = not torch.equal(before[3]["output.bias"], after[4]["output.bias"])
    assert moved == {"rigl": False, "set": True}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "rigl", "accumulate": 101}, "averages the gradients of 101 steps and updates its masks every 100"),
        ({"name": "granet", "initial_sparsity": 0.95}, "initial_sparsity 0.95 is more than sparsity 0.9"),
        ({"name": "granet", "dense_layers": ["last"]}, r"dense_layers \['last'\] would not stay dense"),
        ({"name": "set", "fraction": 1.0}, "less than 1"),
        ({"name": "rigl", "allocation": "global"}, "uniform"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises(ValueError, match=told):
        make(MLP, {"sparsity": 0.9, **fields}, steps=300).phases  # noqa: B018


def test_twins_are_dense():
    for name in ("set", "rigl", "mest", "granet", "ac_dc"):
        assert make(MLP, {"name": name, "sparsity": 0.9}, steps=300).twin().method.name == "dense"
