"""Weights set to zero time and again: when, how many, and what becomes of them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from tests.workloads.batches import batches
from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.cost.estimate import cost
from workloads.methods.adaptive import Adaptive
from workloads.network.loss import loss_of
from workloads.network.state import State
from workloads.pruning.allocation import total
from workloads.rules.adaptive import Zeroing
from workloads.rules.apply import apply
from workloads.run import run_trial
from workloads.script.phases import Train
from workloads.training.loop import train
from workloads.trial import Checkpoint, Measured, Record

DIGITS = WORKLOAD_ROWS[0]
ZERO_ONCE = {"masks": "zero_once", "finalization": "free"}


def rule(steps=2_000, **fields):
    _, train, *_ = Adaptive(**{"sparsity": 0.9, **fields}).phases(steps, 100)
    return train.rule


def zeroed(entries: str) -> dict[str, torch.Tensor]:
    """Six entries in two layers; those that are zeroed are 0."""
    chosen = torch.tensor([entry == "0" for entry in entries])
    return {"hidden": chosen[:4].view(2, 2), "output": chosen[4:].view(1, 2)}


def adaptive(steps=24, every=100, **fields):
    optimizer = fields.pop("optimizer", {"name": "adamw"})
    return make(DIGITS, {"name": "adaptive", "sparsity": 0.9, **fields}, steps=steps, every=every, optimizer=optimizer)


def records(trial, images) -> list[Record]:
    return [event for event in run_trial(trial, images) if isinstance(event, Record)]


def of(name: str, found: list[Record]) -> dict[int, float]:
    """Step -> value, in the order in which they were recorded."""
    return {each.step: each.value for each in found if each.name == name and each.label == "final"}


def test_the_default_schedule_in_full():
    """Of 2,000 steps the first 15 % and the last are left alone; targets are 0.9 (1 - (1 - i/10)^3)."""
    one = rule()
    assert one.application_positions == (440, 580, 720, 860, 1000, 1140, 1280, 1420, 1560, 1700)
    assert [round(one.target_at(position), 4) for position in one.application_positions] == [
        0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9]  # fmt: skip
    assert [position for position in one.positions if 440 < position <= 580] == [441, 450, 540, 580]
    assert one.positions[-3:] == (1701, 1710, 1800)


def test_linear_sets_as_many_more_to_zero_every_time():
    assert [round(rule(schedule="linear").target_at(position), 2) for position in rule().application_positions] == [
        0.09, 0.18, 0.27, 0.36, 0.45, 0.54, 0.63, 0.72, 0.81, 0.9]  # fmt: skip


def test_lengths_are_rounded_down_in_exact_decimals():
    """0.29 x 100 is 28.999... in floating point; three stretches of 41 / 3 steps end after 13, 27 and 41."""
    assert rule(steps=100, warmup_ratio=0.29, final_prune_ratio=0.7, applications=3).application_positions == (
        42,
        56,
        70,
    )


def test_it_is_not_looked_at_later_than_the_next_application():
    """Stretches of 10 steps: after 10 steps the next application is due, and is seen before it comes."""
    one = rule(steps=100, warmup_ratio=0.1, final_prune_ratio=0.3, applications=2)
    assert one.application_positions == (20, 30)
    assert one.revival_positions == {21: 1, 30: 10, 31: 1, 40: 10, 130: 100}


@given(
    steps=some.integers(20, 3_000), applications=some.integers(1, 12), sparsity=some.integers(1, 99),
    warmup=some.integers(0, 50), end=some.integers(51, 100), schedule=some.sampled_from(["cubic", "linear"]),
)  # fmt: skip
def test_it_ends_on_the_target_exactly_whatever_the_length(steps, applications, sparsity, warmup, end, schedule):
    fields = {"warmup_ratio": warmup / 100, "final_prune_ratio": end / 100, "applications": applications}
    method = Adaptive(sparsity=sparsity / 100, schedule=schedule, **fields)
    first, last = warmup * steps // 100, end * steps // 100
    if last - first < applications:
        with pytest.raises(ValueError, match="give fewer applications"):
            method.phases(steps, 10)
        return
    one = rule(steps=steps, sparsity=sparsity / 100, schedule=schedule, **fields)
    assert (
        len(set(one.application_positions)) == applications
        and one.application_positions[-1] == last
        and one.application_positions[0] > first
    )
    targets = [one.target_at(position) for position in one.application_positions]
    assert targets[-1] == sparsity / 100 and targets == sorted(targets)
    assert set(one.positions) == {*one.application_positions, *one.revival_positions}


@pytest.mark.parametrize("epochs, batch, applications", [(1, 32, 3), (2, 50, 10), (3, 64, 7), (1, 100, 1)])
@pytest.mark.parametrize("kind", [{}, {"masks": "zero_once"}, ZERO_ONCE], ids=["persistent", "held", "free"])
def test_realised_sparsity_is_the_target_at_the_end_of_the_active_stretch(images_of, epochs, batch, applications, kind):
    trial = adaptive(steps=None, applications=applications, sparsity=0.77, **kind)
    training = {"epochs": epochs, "batch_size": batch}
    settings = trial.model_dump(mode="json")
    settings["workload"]["training"] |= training
    del settings["workload"]["training"]["steps"]
    trial = type(trial).model_validate(settings)
    end = trial.workload.steps * 85 // 100
    realised = of("sparsity/overall", records(trial, images_of(trial)))
    size = trial.workload.prunable
    assert round((1 - realised[end]) * size) == total(trial.workload.layers, 0.77)
    if kind == ZERO_ONCE:
        assert realised[trial.workload.steps] < 0.01  # weights of blank pixels, which nothing moves
    else:
        assert realised[trial.workload.steps] == realised[end]


def test_what_becomes_of_weights_by_script():
    """Three applications: the first zeroes a, b, c; the second a, b, d; the third a, c, d and e."""
    seen = Zeroing.new({"hidden": torch.ones(2, 2), "output": torch.ones(1, 2)})
    seen.apply(zeroed("000111"), 10)
    now = torch.tensor([5.0, 0, 0, 7, 0, 7])  # a is back; the zero of e is none of ours
    seen.measure_revival({"hidden": now[:4].view(2, 2), "output": now[4:].view(1, 2)}, steps=1)
    seen.apply(zeroed("001011"), 20)  # c is let go
    seen.apply(zeroed("010001"), 30)  # b is let go
    seen.end()
    assert seen.figures == [
        (10, {"weight_revival/after_1": 1 / 3}),
        (10, {"weight_revival/survived_next": 1 / 3}),
        (20, {"weight_revival/survived_next": 1 / 3}),
        (10, {"weight_death/permanent": 1 / 3}),  # a alone; c was let go in between
        (20, {"weight_death/permanent": 2 / 3}),  # a and d
    ]


def test_an_application_that_zeroes_nothing_tells_nothing():
    seen = Zeroing.new({"hidden": torch.ones(2, 2), "output": torch.ones(1, 2)})
    for step in (1, 2):
        seen.apply(zeroed("111111"), step)
    seen.end()
    assert seen.figures == []


@pytest.mark.parametrize(
    ("optimizer", "back"),
    [({"name": "adamw"}, "nearly all"), ({"name": "sgd", "lr": 0.1}, "with a gradient"),
     ({"name": "sgd", "lr": 0.1, "momentum": 0.9}, "nearly all")],
    ids=["adamw", "sgd", "momentum"],
)  # fmt: skip
def test_which_weights_come_back_in_one_step_is_the_optimizers_doing(optimizer, back, images_of):
    """Of the digits some pixels are always blank: their weights have no gradient, and decay does not move a zero.
    AdamW, and momentum, move a weight on that ever had one; batches have them all but for these pixels."""
    trial = adaptive(applications=2, optimizer=optimizer, sparsity=0.6, **ZERO_ONCE)
    images = images_of(trial)
    blank = (images.train.inputs == images.train.inputs[:1]).all(0).flatten()
    found = records(trial, images)
    came_back = of("weight_revival/after_1", found)
    held = [event.state for event in run_trial(trial, images) if isinstance(event, Checkpoint)]
    assert len(came_back) == 2 and bool(blank.any()) and held
    assert all(rate > (0.9 if back == "nearly all" else 0.3) for rate in came_back.values())
    if back == "with a gradient":
        assert all(rate < 1 for rate in came_back.values())


def test_sgd_moves_only_zeros_that_have_a_gradient(images_of):
    """One application, one step: a zero has moved exactly where the gradient of the batch is not zero."""
    trial = adaptive(steps=4, applications=1, sparsity=0.6, optimizer={"name": "sgd", "lr": 0.1}, warmup_ratio=0.0,
                     final_prune_ratio=0.5, **ZERO_ONCE)  # fmt: skip
    images, state = images_of(trial), State.new(trial.workload, 0, torch.device("cpu"))
    train(state, images.train, Train(start=0, stop=2), 4, 0)
    apply(trial.phases[1].rule, 2, state, trial.seed, images)
    zero = {name: weight.detach() == 0 for name, weight in state.weights.items()}
    assert sum(int(each.sum()) for each in zero.values()) == trial.workload.prunable - total(state.layers, 0.6)
    ((inputs, targets),) = batches(images.train, 32, 0, 2, 3)
    weights = list(state.weights.values())
    gradients = torch.autograd.grad(loss_of(state.model(inputs), targets), weights)
    train(state, images.train, Train(start=2, stop=3), 4, 0)
    for (name, weight), gradient in zip(state.weights.items(), gradients):
        assert torch.equal((weight != 0)[zero[name]], (gradient != 0)[zero[name]])
    assert any(bool((gradient == 0)[zero[name]].any()) for name, gradient in zip(zero, gradients))


def test_persistent_zeros_never_come_back(images_of):
    found = records(adaptive(steps=150, applications=2, final_prune_ratio=0.3, every=10), images_of(adaptive()))
    for name in ("after_1", "after_10", "after_100", "survived_next", "revival_rate"):
        rates = of(f"weight_revival/{name}", found)
        assert rates and set(rates.values()) == {0.0}
    assert set(of("weight_death/permanent", found).values()) == {1.0}


def test_each_application_is_followed_by_a_look_before_the_next_step(images_of):
    trial = adaptive(steps=40, every=15, applications=3, sparsity=0.8, **ZERO_ONCE)
    found = records(trial, images_of(trial))
    applied = trial.phases[1].rule.application_positions
    realised = of("sparsity/overall", found)
    assert applied == (15, 24, 34) and list(realised) == [15, 24, 30, 34, 40]
    size = trial.workload.prunable
    for position in applied:
        assert realised[position] == pytest.approx(trial.phases[1].rule.target_at(position), abs=1 / size)
    assert realised[30] < 0.01 < realised[24] and realised[40] < 0.01  # gone with the next step, but for blank pixels
    for measured in ("val/loss", "zero_grad_norm/overall", "effective_rank/output"):
        assert set(applied) <= set(of(measured, found))


def test_free_gives_two_networks(images_of):
    """The weights as they stand, and the same with the smallest set to zero."""
    trial = adaptive(applications=2, sparsity=0.8, **ZERO_ONCE)
    networks = {}
    for event in run_trial(trial, images_of(trial)):
        if isinstance(event, Measured):
            networks[event.label] = {name: each.detach().clone() for name, each in event.state.weights.items()}
    whole, sparse = (torch.cat([each.flatten() for each in one.values()]) for one in networks.values())
    assert list(networks) == ["final", "rezeroed"]
    kept = total(trial.workload.layers, 0.8)
    assert int(whole.count_nonzero()) > kept == int(sparse.count_nonzero())
    assert torch.equal(sparse[sparse != 0], whole[sparse != 0])
    assert whole[sparse == 0].abs().max() <= whole[sparse != 0].abs().min()
    assert [(run.label, run.sparsity) for run in trial.phases if run.name == "measure"] == [
        ("final", None), ("rezeroed", 0.8)]  # fmt: skip


def test_held_zeros_stay_from_the_last_application_on(images_of):
    trial = adaptive(steps=40, every=2, applications=3, sparsity=0.8, masks="zero_once")
    found = records(trial, images_of(trial))
    by_masks, realised = of("pruning/sparsity", found), of("sparsity/overall", found)
    target = 1 - total(trial.workload.layers, 0.8) / trial.workload.prunable
    assert {step: value for step, value in by_masks.items() if step < 34} == dict.fromkeys([*range(2, 33, 2), 15], 0.0)
    assert {value for step, value in by_masks.items() if step >= 34} == {target}
    assert {value for step, value in realised.items() if step >= 34} == {target}


def test_weights_that_are_only_ranked_are_those_of_the_dense_network(images_of):
    trial = adaptive(applications=3, masks="ranked")
    own, dense = (list(run_trial(one, images_of(one)))[-1].state for one in (trial, trial.twin()))
    assert trial.twin().method.name == "dense"
    for name, weight in own.model.state_dict().items():
        assert torch.equal(weight, dense.model.state_dict()[name])
    assert sum(own.kept_counts.values()) == trial.workload.prunable
    assert [(run.label, run.sparsity) for run in trial.phases if run.name == "measure"] == [("final", None)]


def test_how_many_of_the_smallest_stay_so_by_themselves(images_of):
    """Worked out apart: train, note the smallest weights at each application, compare the notes."""
    trial = adaptive(steps=40, applications=3, sparsity=0.7, masks="ranked")
    images, state = images_of(trial), State.new(trial.workload, 0, torch.device("cpu"))
    one, noted, before = trial.phases[1].rule, [], 0
    for position in one.application_positions:
        train(state, images.train, Train(start=before, stop=position), 40, 0)
        size = torch.cat([weight.detach().abs().flatten() for weight in state.weights.values()])
        removed = trial.workload.prunable - total(state.layers, one.target_at(position))
        noted.append(set(size.argsort()[:removed].tolist()))
        before = position
    found = records(trial, images)
    a, b, c = noted
    stays = {one.application_positions[0]: len(a & b & c) / len(a), one.application_positions[1]: len(b & c) / len(b)}
    left = {
        one.application_positions[0]: 1 - len(a & b) / len(a),
        one.application_positions[1]: 1 - len(b & c) / len(b),
    }
    assert of("weight_death/permanent", found) == pytest.approx(stays)
    assert of("weight_revival/survived_next", found) == pytest.approx(left)
    assert not any(each.name.startswith("weight_revival/after") for each in found)


@pytest.mark.parametrize(
    ("kind", "operations"),
    [
        ({"masks": "zero_once", "finalization": "free"}, "dense"),
        ({"masks": "ranked"}, "dense"),
        ({"masks": "zero_once"}, "between"),
        ({}, "least"),
    ],
    ids=["free", "ranked", "held", "persistent"],
)
def test_what_is_not_held_costs_as_much_as_the_dense_network(kind, operations, images_of):
    trial = adaptive(applications=3, allocation="uniform", **kind)
    planned, dense = cost(trial).training_flops, cost(trial.twin()).training_flops
    taken = {each.value for each in records(trial, images_of(trial)) if each.name == "cost/training_flops"}
    assert taken == {planned}
    held = cost(adaptive(applications=3, allocation="uniform", masks="zero_once")).training_flops
    assert {"dense": planned == dense, "between": planned == held < dense, "least": planned < held}[operations]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"warmup_ratio": 0.85, "final_prune_ratio": 0.15}, "0.85 is not less than final_prune_ratio 0.15"),
        ({"warmup_ratio": 0.5, "final_prune_ratio": 0.5}, "is not less than"),
        ({"warmup_ratio": 1.0}, "less than 1"),
        ({"final_prune_ratio": 1.1}, "less than or equal to 1"),
        ({"applications": 71}, "71 applications and 70 steps for them, from 15 to 85 of 100"),
        ({"applications": 0}, "greater than or equal to 1"),
        ({"finalization": "free"}, "finalization: free needs masks: zero_once"),
        ({"masks": "ranked", "finalization": "free"}, "since ranked masks set nothing to zero"),
        ({"schedule": "cosine"}, "cosine"),
        ({"masks": "hard"}, "zero_once"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises((ValueError, ValidationError), match=told):
        Adaptive(**{"sparsity": 0.9, **fields}).phases(100, 10)
