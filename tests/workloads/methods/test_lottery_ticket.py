"""Lottery tickets: what is kept, what comes back, and how controls differ from tickets."""

import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.itinerary import runs
from workloads.methods.lottery_ticket import LotteryTicket
from workloads.network.state import State
from workloads.run import run_trial
from workloads.training.loop import train
from workloads.trial import Measured, Record, Trial

CONTROLS = ["reinit", "shuffled", "random", "one_shot", "lr_rewind"]
# The nonzero weights of LeNet-300-100 after each round of Frankle & Carbin (2019), by their paper's percentages
PUBLISHED = {0: 266200, 1: 213060, 2: 170538, 3: 136511, 4: 109282, 5: 87490, 6: 70051, 7: 56094, 8: 44923, 9: 35981,
             10: 28823, 11: 23093, 12: 18506, 13: 14834, 14: 11893, 15: 9537, 16: 7650, 17: 6139, 18: 4928, 20: 3179,
             24: 1332}  # fmt: skip
# and of the notebooks' global pruning, 266,200 x 0.8^k rounded in each round
NOTEBOOK = {0: 266200, 1: 212960, 2: 170368, 3: 136294, 4: 109035, 5: 87228}


def ticket(steps=20, workload=WORKLOAD_ROWS[0], **fields) -> Trial:
    return make(workload, {"name": "lottery_ticket", **fields}, steps=steps)


def measured(trial, images) -> dict[str, Measured]:
    """By label, with the masks and weights as they were at the end of each run."""
    found = {}
    for event in run_trial(trial, images):
        if isinstance(event, Measured):
            found[event.label] = (
                event,
                {name: mask.clone() for name, mask in event.state.masks.items()},
                {name: weight.detach().clone() for name, weight in event.state.weights.items()},
                dict(event.state.kept_counts),
            )
    return found


def beginnings(trial, images, monkeypatch) -> list[State]:
    """Weights, masks and optimizer state at the beginning of each training, with the position."""
    seen = []

    def watched(state, split, phase, *settings):
        weights = {name: weight.detach().clone() for name, weight in state.weights.items()}
        others = {name: value.clone() for name, value in state.model.state_dict().items()}
        seen.append((phase, weights, {name: mask.clone() for name, mask in state.masks.items()},
                     others, len(state.optimizer.state), state.step))  # fmt: skip
        train(state, split, phase, *settings)

    monkeypatch.setattr("workloads.run.train", watched)
    list(run_trial(trial, images))
    return seen


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"rounds": 24, "rate": 0.2, "output_rate": 0.1}, PUBLISHED),
        ({"rounds": 24, "rate": 0.2}, PUBLISHED),  # half of the rate is the default
        ({"rounds": 5, "rate": 0.2, "allocation": "global"}, NOTEBOOK),
    ],
)
def test_counts_of_every_round_as_published(images_of, fields, counts):
    trial = ticket(1, {"name": "mnist_lenet", "data": "stand_in"}, **fields)
    found = measured(trial, images_of(trial))
    kept = {int(label[1:]): sum(one[3].values()) for label, one in found.items()}
    assert {number: kept[number] for number in counts} == counts


@pytest.mark.parametrize("rewind_to", [0, 7])
def test_what_is_left_comes_back_bit_for_bit(images_of, monkeypatch, rewind_to):
    trial = ticket(rounds=3, rate=0.5, rewind_to=rewind_to)
    images = images_of(trial)
    seen = beginnings(trial, images, monkeypatch)
    (first,) = [one for one in seen if one[0].start == rewind_to and all(bool(mask.all()) for mask in one[2].values())]
    again = [one for one in seen if one[0].start == rewind_to and one is not first]
    assert len(again) == 3
    for _, weights, masks, others, remembered, step in again:
        assert remembered == 0 and step == rewind_to  # Adam's count and moments are gone
        for name, weight in weights.items():
            assert torch.equal(weight[masks[name]], first[1][name][masks[name]])
            assert weight[~masks[name]].count_nonzero() == 0
        biases = {name: value for name, value in others.items() if name.endswith("bias")}
        assert biases and all(torch.equal(value, first[3][name]) for name, value in biases.items())


def test_what_is_removed_is_the_smallest_of_what_training_came_to(images_of):
    trial = ticket(rounds=2, rate=0.5, output_rate=0.5)
    found = measured(trial, images_of(trial))
    for before, after in (("r00", "r01"), ("r01", "r02")):
        _, masks, weights, _ = found[before]
        _, left, _, _ = found[after]
        for name, weight in weights.items():
            gone = masks[name] & ~left[name]
            assert not bool((left[name] & ~masks[name]).any())
            assert float(weight[gone].abs().max()) <= float(weight[left[name]].abs().min())


def test_the_first_rung_is_the_dense_network(images_of):
    trial = ticket(rounds=1, rate=0.5)
    images = images_of(trial)
    dense = trial.model_copy(update={"method": trial.twin().method})
    assert dense.method.name == "dense"
    first = measured(trial, images)["r00"]
    (only,) = measured(dense, images).values()
    assert first[0].network == only[0].network and first[0].init == only[0].init
    assert all(torch.equal(weight, only[2][name]) for name, weight in first[2].items())


def test_controls_differ_in_one_respect_each(images_of):
    trial = ticket(rounds=3, rate=0.5, controls=CONTROLS)
    found = measured(trial, images_of(trial))
    assert "r01-one_shot-1" not in found  # it would be the ticket
    for number in (2, 3):
        main, *others = [found[f"r{number:02d}{arm and f'-{arm}-1'}"] for arm in ("", *CONTROLS)]
        reinit, shuffled, random, one_shot, lr_rewind = others
        for control in others:
            assert control[3] == main[3]  # as many weights in each layer
            assert control[0].network != main[0].network
        assert {one[0].masks for one in (reinit, lr_rewind)} == {main[0].masks}
        assert shuffled[0].masks == random[0].masks != main[0].masks
        assert {one[0].init for one in (shuffled, one_shot, lr_rewind)} == {main[0].init}
        assert reinit[0].init == random[0].init != main[0].init
    first, second = (found[f"r{number:02d}-shuffled-1"][1] for number in (1, 2))
    assert all(not bool((second[name] & ~mask).any()) for name, mask in first.items())  # a draw's masks nest


def test_one_shot_prunes_the_dense_network_once(images_of):
    trial = ticket(rounds=3, rate=0.5, output_rate=0.5, controls=["one_shot"])
    found = measured(trial, images_of(trial))
    _, _, trained, _ = found["r00"]
    _, masks, _, kept = found["r03-one_shot-1"]
    assert tuple(kept.values()) == (512, 256, 40)  # an eighth of 64 x 64, 32 x 64 and 10 x 32
    for name, weight in trained.items():
        assert float(weight[~masks[name]].abs().max()) <= float(weight[masks[name]].abs().min())


def test_draws_are_their_own(images_of):
    trial = ticket(rounds=1, rate=0.5, controls=["reinit", "shuffled", "lr_rewind"], control_draws=3)
    found = measured(trial, images_of(trial))
    assert list(found) == ["r00", "r01", *(f"r01-{arm}-{draw}" for arm in ("reinit", "shuffled") for draw in (1, 2, 3)),
                           "r01-lr_rewind-1"]  # fmt: skip
    assert len({found[f"r01-reinit-{draw}"][0].init for draw in (1, 2, 3)}) == 3
    assert len({found[f"r01-shuffled-{draw}"][0].masks for draw in (1, 2, 3)}) == 3


def test_controls_change_nothing_in_the_tickets(images_of):
    plain, controlled = (ticket(rounds=2, rate=0.5, controls=controls) for controls in ([], CONTROLS))
    images = images_of(plain)
    ours, theirs = measured(plain, images), measured(controlled, images)
    assert all(theirs[label][0].network == one[0].network for label, one in ours.items())
    figures = [
        [(e.label, e.step, e.name, e.value) for e in run_trial(trial, images)
         if isinstance(e, Record) and e.label in ours and not e.name.startswith("cost/")]
        for trial in (plain, controlled)
    ]  # fmt: skip
    assert figures[0] == figures[1]


def test_steps_are_counted_from_where_a_round_begins(images_of):
    trial = ticket(20, rounds=2, rate=0.5, rewind_to=8, controls=["reinit", "lr_rewind"])
    records = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    looks = {label: [one.step for one in records if one.name == "val/loss" and one.label == label]
             for label in dict.fromkeys(one.label for one in records)}  # fmt: skip
    total = {one.label: one.value for one in records if one.name == "cost/steps_total"}
    assert looks == {
        "r00": [5, 10, 15, 20], "r01": [13, 18, 20], "r02": [13, 18, 20],
        "r01-reinit-1": [5, 10, 15, 20], "r02-reinit-1": [5, 10, 15, 20],
        "r01-lr_rewind-1": [25, 30, 32], "r02-lr_rewind-1": [25, 30, 32],
    }  # fmt: skip
    assert total == {"r00": 20, "r01": 32, "r02": 44, "r01-reinit-1": 40, "r02-reinit-1": 52, "r01-lr_rewind-1": 32,
                     "r02-lr_rewind-1": 44}  # fmt: skip


@pytest.mark.parametrize("restart", ["rewind", "reinit"])
def test_a_twin_that_begins_anew_costs_nothing(restart):
    assert ticket(rounds=3, rate=0.5, restart=restart).twin() == ticket().model_copy(
        update={"method": ticket(rounds=3, rate=0.5).twin().method}
    )
    assert ticket(rounds=3, rate=0.5, restart=restart).twin().method.name == "dense"


def test_a_twin_that_trains_on_trains_as_long():
    trial = ticket(rounds=3, rate=0.5, restart="none")
    assert [run.label for run in runs(trial.twin().phases)] == ["r00", "r01", "r02", "r03"]
    assert trial.twin().method == LotteryTicket(rounds=3, sparsity=0.0, restart="none")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"controls": ["reinit", "reinit"]}, "contain a name twice"),
        ({"controls": ["reinit"], "restart": "none"}, "controls are compared with tickets"),
        ({"controls": ["reinit"], "rounds": 2, "sparsity": 0.0}, "need a round that removes weights"),
        ({"controls": ["lr_rewind"], "control_draws": 2}, "needs one of the controls reinit, shuffled, random"),
        ({"controls": ["one_shot"], "levels": [0.5]}, "equals the ticket"),
        ({"controls": ["bad"]}, "Input should be 'reinit'"),
        ({"allocation": "global", "output_rate": 0.1, "rounds": 2, "rate": 0.2}, "output_rate needs rounds"),
        ({"rewind_to": -1}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        LotteryTicket(**fields)


def test_rewinding_past_the_end_is_refused():
    with pytest.raises(ValueError, match="rewind_to 20 is not before the end of a training of 20 steps"):
        ticket(20, rounds=1, rate=0.5, rewind_to=20).phases  # noqa: B018 (the phases are worked out when asked for)
