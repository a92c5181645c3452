"""Removing the smallest weights at once: by hand, and as phases."""

import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.splits import DataSet, Split
from workloads.network.state import State
from workloads.pruning.changes import CHANGES
from workloads.pruning.criteria import Magnitude
from workloads.pruning.ranking import scores
from workloads.run import run_trial
from workloads.script.fine_tune import FineTune
from workloads.script.paths import changing
from workloads.script.phases import Train
from workloads.script.removals import Cut, Prune
from workloads.trial import Measured, Record, Trial

# Three layers by hand; of twelve weights the six largest magnitudes are 9, 8, 7, 6, 5 and 4.
LAYERS = {
    "a": torch.tensor([[1.0, -9.0], [2.0, 0.5]]),
    "b": torch.tensor([[8.0, -7.0], [6.0, 5.0]]),
    "c": torch.tensor([[-0.1, 0.2], [0.3, 4.0]]),
}


NO_IMAGES = DataSet(*[Split(torch.zeros(0), torch.zeros(0))] * 3, digest="")  # magnitudes need none


def trial(**method) -> Trial:
    return make(WORKLOAD_ROWS[0], {"name": "one_shot", **method}, steps=100, every=50)


def test_magnitudes_by_hand():
    assert scores(Magnitude(), LAYERS, None, None, 0)["a"].tolist() == [[1.0, 9.0], [2.0, 0.5]]
    scaled = scores(Magnitude(scale="layer"), {"a": torch.tensor([[3.0, -4.0]]), "b": torch.zeros(1, 2)}, None, None, 0)
    assert scaled["a"].tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]] and scaled["b"].tolist() == [[0.0, 0.0]]


def test_lamp_by_hand():
    """w^2 over the sum of the squares at least as large: 1/14, 4/13 and 9/9."""
    lamp = scores(Magnitude(scale="lamp"), {"a": torch.tensor([[1.0, -2.0, 3.0]])}, None, None, 0)["a"]
    assert lamp.tolist() == [[pytest.approx(1 / 14), pytest.approx(4 / 13), pytest.approx(1.0)]]


def test_lamp_keeps_something_of_every_layer():
    lamp = scores(
        Magnitude(scale="lamp"),
        {name: weight * 10.0**scale for scale, (name, weight) in enumerate(LAYERS.items())}, None, None, 0,
    )  # fmt: skip
    assert all(float(layer.max()) == 1.0 for layer in lamp.values())


@pytest.mark.parametrize(
    "allocation, kept",
    [
        (
            "global",
            {
                "a": [[False, True], [False, False]],
                "b": [[True, True], [True, True]],
                "c": [[False, False], [False, True]],
            },
        ),
        (
            "uniform",
            {
                "a": [[False, True], [True, False]],
                "b": [[True, True], [False, False]],
                "c": [[False, False], [True, True]],
            },
        ),
    ],
)
def test_pruning_by_hand(allocation, kept):
    state = by_hand()
    CHANGES["prune"](Prune(criterion=Magnitude(), to=0.5, allocation=allocation), state, trial(sparsity=0.5), NO_IMAGES)
    assert {name: mask.tolist() for name, mask in state.masks.items()} == kept
    for name, weight in state.weights.items():
        assert torch.equal(weight.detach(), LAYERS[name] * state.masks[name])


def test_thresholds_by_hand():
    """Layer b: deviations from the mean 3 are 5, -10, 3 and 2, their mean square 34.5, its root 5.87."""
    state = by_hand()
    CHANGES["cut"](Cut(threshold=1.1), state, trial(threshold=1.1), NO_IMAGES)
    assert state.masks["b"].tolist() == [[True, True], [False, False]]  # beyond 6.46
    assert state.masks["a"].tolist() == [[False, True], [False, False]]  # beyond 1.1 x 4.33 = 4.77


def by_hand() -> State:
    """A state whose three layers are those above."""
    state = State.new(
        make({"name": "digits_mlp", "hidden": [2, 2]}, {"name": "dense"}).workload, 0, torch.device("cpu")
    )
    for name, weight in LAYERS.items():
        linear = torch.nn.Linear(2, 2, bias=False)
        linear.weight.data = weight.clone()
        state.model.add_module(name, linear)
    small = make({"name": "digits_mlp", "hidden": [2, 2]}, {"name": "dense"}).workload

    class Three:
        layers = tuple(type(small.layers[0])(name, (2, 2)) for name in LAYERS)
        training = small.training

    state.workload = Three()
    state.masks = {name: torch.ones(2, 2, dtype=torch.bool) for name in LAYERS}
    return state


@pytest.mark.parametrize("scale", ["none", "layer", "lamp"])
@pytest.mark.parametrize("sparsity", [0.3, 0.77, 0.95])
def test_global_totals_are_exact(scale, sparsity, images_of):
    asked = trial(sparsity=sparsity, scale=scale)
    (measured,) = [event for event in run_trial(asked, images_of(asked)) if isinstance(event, Measured)]
    removed = round(sparsity * 6464)  # none of these products is a half
    assert sum(measured.state.kept_counts.values()) == 6464 - removed


def test_phases_written_out():
    prune = Prune(criterion=Magnitude(), to=0.9, allocation="global")
    assert changing(trial(sparsity=0.9).phases).phases == (Train(start=0, stop=100), prune, Train(start=75, stop=100))
    early = trial(sparsity=0.9, dense_steps=40, fine_tune={"steps": 10, "lr": 0.01})
    assert changing(early.phases).phases == (Train(start=0, stop=40), prune, Train(start=40, stop=50, lr=0.01))
    none = trial(sparsity=0.9, fine_tune={"steps": 0})
    assert changing(none.phases).phases == (Train(start=0, stop=100), prune)
    epochs = trial(threshold=0.5, fine_tune={"epochs": 1, "lr": 0.01})
    assert changing(epochs.phases).phases[1:] == (
        Cut(threshold=0.5),
        Train(start=100, stop=140, lr=0.01),
    )  # 1297 // 32 = 40


def test_a_twin_takes_the_same_steps():
    twin = trial(sparsity=0.9).twin()
    assert (twin.method.name, twin.method.sparsity) == ("one_shot", 0.0)
    assert changing(twin.phases).phases == (Train(start=0, stop=100), Train(start=75, stop=100))
    assert trial(sparsity=0.9, fine_tune={"steps": 0}).twin().method.name == "dense"


def test_pruned_figures_come_before_any_fine_tuning(images_of):
    """Without fine-tuning what is measured right after pruning is what stands at the end."""
    asked = trial(sparsity=0.8, fine_tune={"steps": 0})
    figures = {event.name: event.value for event in run_trial(asked, images_of(asked)) if isinstance(event, Record)}
    for name in ("test_accuracy", "val_accuracy", "val_loss"):
        assert figures[f"pruned/{name}"] == figures[f"final/{name}"]
    assert figures["cost/steps_since_last_mask"] == 0 and figures["cost/steps_total"] == 100
    tuned = trial(sparsity=0.8)
    after = {event.name: event.value for event in run_trial(tuned, images_of(tuned)) if isinstance(event, Record)}
    assert after["pruned/test_accuracy"] == figures["pruned/test_accuracy"]
    assert after["final/val_loss"] < figures["final/val_loss"] and after["cost/steps_since_last_mask"] == 25


def test_the_tail_is_repeated_batch_for_batch():
    assert FineTune(steps=30).phase(trained=100, steps=100, epoch=40) == Train(start=70, stop=100)
    assert FineTune(steps=30).phase(trained=60, steps=100, epoch=40) == Train(start=70, stop=100)  # its last ones
    assert FineTune(epochs=0.5, lr="last").phase(trained=60, steps=100, epoch=40) == Train(start=60, stop=80, lr="last")


@pytest.mark.parametrize(
    "method, told",
    [
        ({}, "one_shot needs either a sparsity, a pattern or a threshold"),
        ({"sparsity": 0.5, "threshold": 1}, "one_shot needs either a sparsity, a pattern or a threshold"),
        ({"threshold": 1, "scale": "lamp"}, "leave out allocation, scale, criterion and reconstruct"),
        ({"sparsity": 0.5, "fine_tune": {"steps": 3, "epochs": 1}}, "give either epochs or steps of fine_tune"),
    ],
)
def test_contradictions_are_refused(method, told):
    with pytest.raises(ValidationError, match=told):
        trial(**method)


@pytest.mark.parametrize(
    "method, told",
    [
        ({"sparsity": 0.5, "dense_steps": 101}, "dense_steps 101 is more than the 100 steps of the training"),
        ({"sparsity": 0.5, "fine_tune": {"steps": 101}}, "cannot repeat 101 steps of a training that has 100"),
        ({"sparsity": 0.5, "fine_tune": {"lr": "last"}}, "lr: last would be .*, less than 1% of the peak"),
    ],
)
def test_what_a_training_cannot_give_is_refused_at_plan_time(method, told):
    with pytest.raises(ValueError, match=told):
        _ = trial(**method).phases
