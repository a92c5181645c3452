"""Structured pruning as a method: its phases, sizes, cost, and scripts that go back to a time before shrinking."""

import pytest
import torch
from pydantic import ValidationError

from dashboards.schema import MACHINE_METRICS
from tests.workloads.rows import WORKLOAD_ROWS, make, named
from workloads.cost.estimate import cost
from workloads.itinerary import runs
from workloads.network.snapshot import full_snapshot, remember, restored
from workloads.network.state import State
from workloads.pruning.changes import CHANGES
from workloads.pruning.unit_criteria import UnitL1, UnitL2
from workloads.run import run_trial
from workloads.script.paths import changing
from workloads.script.phases import Measure, Narrow, Remember, Return, Rewind, Shrink, Train
from workloads.script.removals import RemoveUnits
from workloads.trial import Checkpoint, Measured, Record, Trial

WHOLE = Train(start=0, stop=100)


def trial(workload: dict = WORKLOAD_ROWS[0], **method) -> Trial:
    return make(workload, {"name": "structured", **method}, steps=100, every=50)


def figures(one: Trial, images_of) -> dict[str, float]:
    return {event.name: event.value for event in run_trial(one, images_of(one)) if isinstance(event, Record)}


def end(one: Trial, images_of) -> State:
    (measured,) = [event for event in run_trial(one, images_of(one)) if isinstance(event, Measured)]
    return measured.state


def test_phases_written_out():
    removal = RemoveUnits(criterion=UnitL2(), to=0.8)
    assert changing(trial(sparsity=0.8).phases).phases == (WHOLE, removal, Shrink(), Train(start=75, stop=100))
    masked = trial(ratio=0.5, shrink=False, criterion="l1", allocation="global", fine_tune={"steps": 0})
    removal = RemoveUnits(criterion=UnitL1(), ratio=0.5, allocation="global")
    assert changing(masked.phases).phases == (WHOLE, removal)
    early = trial(ratio=0.5, dense_steps=40, fine_tune={"steps": 10, "lr": 0.01})
    assert changing(early.phases).phases[0::3] == (Train(start=0, stop=40), Train(start=40, stop=50, lr=0.01))


@pytest.mark.parametrize("amount", ["ratio", "sparsity"])
def test_a_twin_removes_nothing_and_takes_the_same_steps(amount):
    twin = trial(**{amount: 0.5}).twin()
    assert getattr(twin.method, amount) == 0.0 and twin.method.name == "structured"
    assert changing(twin.phases).phases == (WHOLE, Train(start=75, stop=100))
    assert trial(**{amount: 0.5}, fine_tune={"steps": 0}).twin().method.name == "dense"


@pytest.mark.parametrize("workload", [WORKLOAD_ROWS[0], WORKLOAD_ROWS[3], WORKLOAD_ROWS[6]], ids=named)
def test_at_a_sparsity_it_has_the_sizes_of_small_dense(workload, images_of):
    structured = end(trial(workload, sparsity=0.7), images_of)
    small = end(make(workload, {"name": "small_dense", "sparsity": 0.7}), images_of)
    assert {name: weight.shape for name, weight in structured.model.state_dict().items()} == {
        name: weight.shape for name, weight in small.model.state_dict().items()
    }


@pytest.mark.parametrize("workload", [WORKLOAD_ROWS[number] for number in (0, 3, 4, 6, 7)], ids=named)
@pytest.mark.parametrize("shrink", [None, False])
def test_its_operations_are_planned_exactly(workload, shrink, images_of):
    """Removed heads still attend until the network shrinks."""
    for amount in ({"ratio": 0.5}, {"sparsity": 0.6}):
        one = trial(workload, **amount, shrink=shrink, dense_steps=20, fine_tune={"steps": 10})
        seen = figures(one, images_of)
        assert cost(one).training_flops == seen["cost/training_flops"]
        assert cost(one).steps == seen["cost/steps_total"] == 30


def test_a_shrunk_network_takes_less_time_by_arithmetic():
    wide = {"name": "fashion_mnist_mlp"}
    shrunk, masked = (cost(trial(wide, ratio=0.5, shrink=shrink)) for shrink in (None, False))
    assert shrunk.training_flops == masked.training_flops
    assert shrunk.estimated_seconds < masked.estimated_seconds


def test_what_is_recorded(images_of):
    """Of 6,464 weights half of 64 and of 32 units leave 64 x 32 + 32 x 16 + 16 x 10. Masked and shrunk learn alike."""
    shrunk, masked = (figures(trial(ratio=0.5, shrink=shrink), images_of) for shrink in (None, False))
    left = 64 * 32 + 32 * 16 + 16 * 10
    for one in (shrunk, masked):
        assert one["final/nonzero_parameters"] == left and one["final/sparsity"] == pytest.approx(1 - left / 6464)
        assert one["cost/steps_since_last_mask"] == 25
        assert 0 < one["cost/seconds_since_last_mask"] < one["cost/path_train_seconds"]
        assert one["pruned/val_loss"] > one["final/val_loss"]
    assert shrunk["final/total_parameters"] == left + 32 + 16 + 10 < masked["final/total_parameters"]
    assert shrunk["pruned/val_loss"] == masked["pruned/val_loss"]
    assert shrunk["final/val_loss"] == pytest.approx(masked["final/val_loss"], rel=1e-4)
    assert shrunk["dead_neurons/overall"] == 0.0 and masked["dead_neurons/overall"] == 0.5


@pytest.mark.parametrize("workload", [WORKLOAD_ROWS[number] for number in (0, 4, 7)], ids=named)
def test_it_resumes_from_every_checkpoint(workload, images_of):
    """Before the removal, between it and shrinking, and after."""
    one = make(workload, {"name": "structured", "ratio": 0.5}, every=4)
    images = images_of(one)

    def kept(event) -> bool:
        return isinstance(event, Record) and event.name not in MACHINE_METRICS

    events, saved = [], []
    for event in run_trial(one, images):
        if isinstance(event, Checkpoint):
            snapshot = full_snapshot(event.state)
            saved.append((len(events), event.place, restored(snapshot, torch.device("cpu"))))
        if kept(event):
            events.append(event)
    assert len(saved) > 4
    for seen, place, state in saved:
        rest = [event for event in run_trial(one, images, resume=(place, full_snapshot(state))) if kept(event)]
        assert [(each.step, each.name, each.value) for each in rest] == [
            (each.step, each.name, each.value) for each in events[seen:]
        ]


POINT, UNITS, REST = Remember(point="early"), RemoveUnits(criterion=UnitL2(), ratio=0.5), Train(start=50, stop=100)


@pytest.mark.parametrize("smaller", [Shrink(), Narrow(to=0.5)], ids=lambda phase: phase.name)
def test_a_rewind_to_before_the_network_got_smaller_is_refused(smaller):
    script = (Train(start=0, stop=50), POINT, REST, UNITS, smaller, Rewind(to="early"), REST, Measure())
    with pytest.raises(ValueError, match="rewinds to early, which it remembered before the network got smaller"):
        list(runs(script))
    masked = tuple(phase for phase in script if phase != smaller)
    assert next(runs(masked)).path.steps == 150
    later = (Train(start=0, stop=50), UNITS, smaller, POINT, REST, Rewind(to="early"), REST, Measure())
    assert next(runs(later)).path.step == 100


def test_a_return_to_before_shrinking_brings_the_whole_network_back(images_of):
    script = (WHOLE, POINT, UNITS, Shrink(), Measure(label="one"), Return(to="early"), UNITS, Rewind(to="early"), REST,
              Measure(label="two"))  # fmt: skip
    one, two = runs(script)
    assert [phase.name for phase in two.path.phases] == ["train", "remove_units", "rewind", "train"]
    small = trial(ratio=0.5)
    state = State.new(small.workload, 0, torch.device("cpu"))
    weights = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    remember(state, "early")
    for phase in (UNITS, Shrink()):
        state = CHANGES[phase.name](phase, state, small, images_of(small))
    assert state.workload.hidden == (32, 16)
    state = CHANGES["return"](Return(to="early"), state, small, images_of(small))
    assert state.workload == small.workload
    assert all(torch.equal(tensor, weights[name]) for name, tensor in state.model.state_dict().items())


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ({}, "structured needs either a ratio of units or a sparsity"),
        ({"ratio": 0.5, "sparsity": 0.5}, "structured needs either a ratio of units or a sparsity"),
        ({"sparsity": 0.5, "allocation": "global"}, "give a ratio of units, or allocation: uniform"),
    ],
)
def test_contradictions_are_refused(method, told):
    with pytest.raises(ValidationError, match=told):
        trial(**method)


def test_what_cannot_be_is_refused_at_plan_time():
    with pytest.raises(ValueError, match="dense_steps 101 is more than the 100 steps"):
        _ = trial(ratio=0.5, dense_steps=101).phases
    for amount in ({"ratio": 0.5}, {"sparsity": 0.5}):
        with pytest.raises(ValueError, match="digits_mlp has no hidden units that could be removed"):
            cost(trial({"name": "digits_mlp", "hidden": []}, **amount))
    with pytest.raises(ValueError, match="fewer than the 75 of a network with one unit a layer"):
        cost(trial(sparsity=0.99))
