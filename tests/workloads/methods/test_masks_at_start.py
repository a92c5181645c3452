"""Masks that are chosen before training: what is kept, what is trained under them, and their shuffled controls."""

import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.itinerary import runs
from workloads.methods.snip import Snip
from workloads.run import run_trial
from workloads.script.phases import Train
from workloads.script.removals import Prune
from workloads.training.loop import train
from workloads.trial import Measured, Trial

MLP = WORKLOAD_ROWS[0]  # 6,464 weights
METHODS = ("snip", "grasp", "synflow")
SHUFFLED = {"controls": ["shuffled"], "control_draws": 2}
every_method = pytest.mark.parametrize("name", METHODS)


def trial(name: str, sparsity: float = 0.9, seed: int = 0, **fields) -> Trial:
    few = {"iterations": 4} if name == "synflow" else {}
    return make(MLP, {"name": name, "sparsity": sparsity, **few, **fields}, seed)


def measured(one: Trial, images_of) -> dict[str, tuple[Measured, dict[str, int]]]:
    """By label, with the numbers of weights of each layer."""
    return {event.label: (event, event.state.kept_counts)
            for event in run_trial(one, images_of(one)) if isinstance(event, Measured)}  # fmt: skip


def beginnings(one: Trial, images_of, monkeypatch) -> list[dict[str, torch.Tensor]]:
    """The weights with which each training begins."""
    seen = []

    def watched(state, split, phase, *settings):
        if phase.start == 0:
            seen.append({name: weight.detach().clone() for name, weight in state.weights.items()})
        train(state, split, phase, *settings)

    monkeypatch.setattr("workloads.run.train", watched)
    list(run_trial(one, images_of(one)))
    return seen


@every_method
def test_sparsity_is_what_is_removed(name, images_of):
    """The trap: the released code of SynFlow has an argument `sparsity` that is the density."""
    ((_, kept),) = measured(trial(name, 0.9), images_of).values()
    assert sum(kept.values()) == 646


@every_method
def test_what_is_left_begins_with_the_weights_of_the_dense_network(name, images_of, monkeypatch):
    one = trial(name)
    first = one.workload.model(0).state_dict()
    (weights,) = beginnings(one, images_of, monkeypatch)
    for layer, weight in weights.items():
        assert torch.equal(weight[weight != 0], first[f"{layer}.weight"][weight != 0])


def test_resampled_weights_are_other_ones_under_the_same_mask(images_of, monkeypatch):
    plain, resampled = (measured(trial("snip", resample=resample), images_of)["final"][0] for resample in (None, True))
    assert plain.masks == resampled.masks and plain.init != resampled.init
    drawn = trial("snip").workload.model(0, draw=1).state_dict()
    (weights,) = beginnings(trial("snip", resample=True), images_of, monkeypatch)
    for layer, weight in weights.items():
        assert torch.equal(weight[weight != 0], drawn[f"{layer}.weight"][weight != 0])


@every_method
def test_controls_have_other_places_and_the_same_first_weights(name, images_of):
    """The trap: the shuffle of the released code of SynFlow moves nothing."""
    found = measured(trial(name, **SHUFFLED), images_of)
    assert list(found) == ["final", "shuffled-1", "shuffled-2"]
    assert len({one.masks for one, _ in found.values()}) == len({one.network for one, _ in found.values()}) == 3
    assert len({one.init for one, _ in found.values()}) == 1
    assert len({tuple(kept.items()) for _, kept in found.values()}) == 1


@pytest.mark.parametrize("resample", [None, True])
def test_controls_begin_with_weights_from_under_other_places(resample, images_of, monkeypatch):
    """Those of the draw that the main run begins with, and not zeros where its mask has them."""
    one = trial("snip", resample=resample, **SHUFFLED)
    drawn = one.workload.model(0, draw=1 if resample else 0).state_dict()
    main, *others = beginnings(one, images_of, monkeypatch)
    for weights in others:
        for layer, weight in weights.items():
            assert int((weight != 0).sum()) == int((main[layer] != 0).sum())
            assert torch.equal(weight[weight != 0], drawn[f"{layer}.weight"][weight != 0])


@every_method
def test_controls_change_nothing_in_the_main_run(name, images_of):
    plain, controlled = (measured(trial(name, **fields), images_of)["final"][0] for fields in ({}, SHUFFLED))
    assert plain.network == controlled.network


def test_only_controls_name_the_arms():
    assert [(run.label, run.begun) for run in runs(trial("snip").phases)] == [("final", 0)]
    ends = [phase for phase in trial("snip", **SHUFFLED).phases if phase.name == "measure"]
    assert [(end.label, end.round, end.arm, end.draw, end.sparsity) for end in ends] == [
        ("final", None, "main", None, 0.9), ("shuffled-1", None, "shuffled", 1, 0.9),
        ("shuffled-2", None, "shuffled", 2, 0.9),
    ]  # fmt: skip
    (alone,) = [phase for phase in trial("snip").phases if phase.name == "measure"]
    assert (alone.label, alone.arm) == ("final", None)


@pytest.mark.parametrize(
    "fields", [{}, {"resample": True}, {"resample": True, **SHUFFLED}, {"iterations": 5}], ids=lambda one: "-".join(one)
)
def test_a_twin_is_the_dense_network(fields):
    """Also of resampled weights: at sparsity 0 nothing is pruned, and nothing is drawn anew."""
    dense = make(MLP, {"name": "dense"})
    assert trial("snip", **fields).twin() == dense
    without = {name: value for name, value in fields.items() if name not in SHUFFLED}
    assert trial("snip", 0.0, **without).canonical() == dense


@every_method
def test_nothing_at_sparsity_0_is_the_dense_network(name):
    assert trial(name, 0.0).canonical() == trial(name).twin() == make(MLP, {"name": "dense"})


def test_phases_written_out():
    removal, train, end = Snip(sparsity=0.9, iterations=3).phases(100, 10)
    assert isinstance(removal, Prune) and (removal.to, removal.iterations, removal.allocation) == (0.9, 3, "global")
    assert train == Train(start=0, stop=100) and end.name == "measure"
    named = [phase.name for phase in Snip(sparsity=0.9, resample=True, controls=("shuffled",)).phases(100, 10)]
    assert named == ["remember", "prune", "remember", "reinitialize", "train", "measure",
                     "return", "shuffle", "reinitialize", "train", "measure"]  # fmt: skip


def test_more_iterations_choose_other_weights(images_of):
    once, often = (measured(trial("snip", iterations=count), images_of)["final"][0] for count in (None, 5))
    assert once.masks != often.masks


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"controls": ["shuffled", "shuffled"]}, "contain a name twice"),
        ({"controls": ["shuffled"], "sparsity": 0.0}, "controls need removed weights"),
        ({"control_draws": 2}, r"control_draws 2 needs controls: \[shuffled\]"),
        ({"controls": ["shuffled"], "control_draws": 1000}, "make it 1,001 networks, and a trial has at most 1,000"),
        ({"controls": ["reinit"]}, "Input should be 'shuffled'"),
        ({"iterations": 0}, "greater than 0"),
        ({"allocation": "erk"}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        Snip(**({"sparsity": 0.5} | fields))
