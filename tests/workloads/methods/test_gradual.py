import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.cost.estimate import cost
from workloads.methods.gradual import Gradual
from workloads.network.state import State
from workloads.pruning.allocation import counts, total
from workloads.rules.apply import apply
from workloads.run import run_trial
from workloads.script.schedules import Cosine, Cubic, Exponential, Linear, Polynomial, Steps, fraction
from workloads.trial import Measured, Record

SCHEDULES = [Cubic(), Linear(), Polynomial(power=2), Exponential(), Cosine(), Steps(count=3)]


def rule(**fields):
    steps = fields.pop("steps", 100)
    _, train, _ = Gradual(**{"sparsity": 0.9, **fields}).phases(steps, 10)
    return train.rule


def test_cubic_targets_of_the_paper():
    """s_f = 0.9 in ten updates, worked out from s_f + (s_i - s_f)(1 - i/10)^3 (Zhu & Gupta 2017, equation 1)."""
    one = rule(begin=0.0, end=0.5, every=5)
    assert one.positions == tuple(range(5, 51, 5))
    assert [round(one.sparsity_at(position), 4) for position in (0, *one.positions)] == [
        0, 0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9]  # fmt: skip


def test_a_later_begin_moves_the_targets_and_nothing_else():
    early, late = rule(begin=0.0, end=0.5, every=5), rule(begin=0.4, end=0.9, every=5)
    assert late.positions == tuple(position + 40 for position in early.positions)
    assert list(map(late.sparsity_at, late.positions)) == list(map(early.sparsity_at, early.positions))


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.name)
def test_schedules_run_from_nothing_to_all_and_never_back(schedule):
    reached = [fraction(schedule, index / 50, 0.9) for index in range(51)]
    assert reached[0] == 0 and reached[-1] == 1
    assert reached == sorted(reached)


@pytest.mark.parametrize(
    ("schedule", "half"),
    [(Cubic(), 0.875), (Linear(), 0.5), (Polynomial(power=2), 0.75), (Exponential(), (1 - 0.1**0.5) / 0.9),
     (Cosine(), 0.5), (Steps(count=3), 2 / 3)],
)  # fmt: skip
def test_half_way(schedule, half):
    assert fraction(schedule, 0.5, 0.9) == pytest.approx(half)


def test_exponential_removes_the_same_share_of_the_rest_every_time():
    one = rule(schedule="exponential", end=0.5, every=10)
    left = [1 - one.sparsity_at(position) for position in (0, *one.positions)]
    assert [after / before for before, after in zip(left, left[1:])] == pytest.approx([0.1**0.2] * 5)


@pytest.mark.parametrize(
    ("fields", "positions"),
    [
        ({"steps": 101, "every": 25}, (25, 50, 75)),  # 0.75 x 101 is 75.75
        ({"every": 30}, (30, 60, 75)),  # 30 does not divide 75
        ({"every": 1000}, (75,)),
        ({"begin": 0.1, "end": 0.29, "every": 10}, (20, 29)),  # 0.29 x 100 is 28.999... in floating point
    ],
)
def test_the_last_update_comes_at_the_end(fields, positions):
    one = rule(**fields)
    assert one.positions == positions and one.sparsity_at(positions[-1]) == 0.9


@pytest.mark.parametrize("masks", ["hard", "soft"])
@pytest.mark.parametrize("allocation", ["global", "uniform", "erk"])
@pytest.mark.parametrize("steps", [12, 13])
def test_it_lands_on_the_target_and_counts_every_step(images_of, masks, allocation, steps):
    method = {"name": "gradual", "sparsity": 0.9, "every": 5, "masks": masks, "allocation": allocation}
    trial = make(WORKLOAD_ROWS[0], method, steps=steps, every=1)
    events = list(run_trial(trial, images_of(trial)))
    state, layers = events[-1].state, trial.workload.layers
    kept = total(layers, 0.9) if allocation == "global" else sum(counts(layers, 0.9, allocation).values())
    assert sum(state.kept_counts.values()) == kept
    seen = [event.value for event in events if isinstance(event, Record) and event.name == "pruning/sparsity"]
    assert seen[:4] == [0.0] * 4 and seen == sorted(seen) and len(set(seen)) == 3  # updates after 5 and 9 steps
    if allocation != "global":
        assert state.tally.flops == cost(trial).training_flops


def masks_over_time(trial, images):
    """The masks after every step."""
    seen = []
    for event in run_trial(trial, images):
        if isinstance(event, Record) and event.name == "pruning/sparsity":
            seen.append(event.value)
        if not isinstance(event, (Record, Measured)):
            seen.append({name: mask.clone() for name, mask in event.state.masks.items()})
    return [one for one in seen if isinstance(one, dict)]


def test_hard_masks_only_lose_weights_and_soft_ones_take_some_back(images_of):
    back = {}
    for kind in ("hard", "soft"):
        method = {"name": "gradual", "sparsity": 0.8, "every": 2, "end": 0.9, "masks": kind}
        trial = make(WORKLOAD_ROWS[0], method, steps=60, every=1, optimizer={"name": "adam", "lr": 0.01})
        history = masks_over_time(trial, images_of(trial))
        back[kind] = sum(
            int((after[name] & ~before[name]).sum()) for before, after in zip(history, history[1:]) for name in after
        )
    assert back["hard"] == 0 and back["soft"] > 0


def test_a_soft_mask_keeps_removed_values_aside(images_of):
    method = {"name": "gradual", "sparsity": 0.8, "every": 4, "masks": "soft"}
    trial = make(WORKLOAD_ROWS[0], method, steps=20)
    state = list(run_trial(trial, images_of(trial)))[-1].state
    removed = state.rule.group("removed")
    for name, mask in state.masks.items():
        assert not removed[name][mask].any() and removed[name][~mask].any()
        assert not state.weight(name).detach()[~mask].any()
    dense = make(WORKLOAD_ROWS[0], {"name": "dense"}, steps=20)
    assert list(run_trial(dense, images_of(dense)))[-1].state.rule.tensors == {}


def test_soft_masks_tell_how_far_they_move(images_of):
    """All weights were kept at first, so all are explored; the first update removes and brings nothing back."""
    method = {"name": "gradual", "sparsity": 0.8, "every": 4, "masks": "soft", "schedule": "linear"}
    trial = make(WORKLOAD_ROWS[0], method, steps=20)
    records = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    churn = {record.step: record.value for record in records if record.name == "masks/churn"}
    assert list(churn) == [4, 8, 12, 15]
    assert churn[4] == pytest.approx(0.8 * 4 / 15, abs=1e-3)
    assert {record.value for record in records if record.name == "masks/exploration"} == {1.0}
    hard = make(WORKLOAD_ROWS[0], method | {"masks": "hard"}, steps=20)
    assert "masks/churn" not in {event.name for event in run_trial(hard, images_of(hard)) if isinstance(event, Record)}


def test_a_soft_mask_gives_values_back_as_they_were(images_of):
    """The smaller half goes; then, since what was kept has become next to nothing, it comes back."""
    trial = make({"name": "digits_mlp", "hidden": [10]}, {"name": "dense"})
    state = State.new(trial.workload, 0, torch.device("cpu"))
    first = {name: weight.detach().clone() for name, weight in state.weights.items()}
    halves = rule(sparsity=0.5, masks="soft", end=0.5, every=25, schedule={"name": "steps", "count": 1})
    apply(halves, 25, state, trial, images_of(trial))
    gone = {name: ~mask for name, mask in state.masks.items()}
    for weight in state.weights.values():
        weight.data.mul_(1e-9)
    apply(halves, 50, state, trial, images_of(trial))
    for name, weight in state.weights.items():
        assert torch.equal(state.masks[name], gone[name])
        assert torch.equal(weight.detach()[gone[name]], first[name][gone[name]])


def test_layers_that_stay_dense_stay_dense(images_of):
    method = {"name": "gradual", "sparsity": 0.5, "every": 4, "allocation": "uniform", "dense_layers": ["last"]}
    trial = make(WORKLOAD_ROWS[0], method)
    state = list(run_trial(trial, images_of(trial)))[-1].state
    assert bool(state.masks["output"].all()) and not bool(state.masks["hidden.0"].all())


def test_any_criterion_will_do(images_of):
    trial = make(WORKLOAD_ROWS[0], {"name": "gradual", "sparsity": 0.9, "every": 3, "criterion": "random"})
    masks = list(run_trial(trial, images_of(trial)))[-1].state.masks
    static = make(WORKLOAD_ROWS[0], {"name": "static_random", "sparsity": 0.9})
    state = list(run_trial(static, images_of(static)))[-1].state
    together, apart = (torch.cat([mask.flatten() for mask in one.values()]) for one in (masks, state.masks))
    assert (together & apart).sum() > 0.8 * apart.sum()  # the same random scores, ranked over layers or in each


def test_what_comes_before_the_first_update_is_the_dense_network():
    method = Gradual(sparsity=0.9, begin=0.4)
    dense, *_ = method.phases(100, 10)
    assert (dense.start, dense.stop, dense.rule) == (0, 40, None)
    trial = make(WORKLOAD_ROWS[0], {"name": "gradual", "sparsity": 0.9, "every": 2})
    assert trial.twin().method.name == "dense"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"begin": 0.8}, "gradual begins at step 80 and ends at step 75 of 100; make end larger"),
        ({"begin": 0.001, "end": 0.002}, "begins at step 0 and ends at step 0"),
        ({"end": 1.0}, "less than 1"),
        ({"end": 5000}, "less than 1"),
        ({"allocation": "global", "dense_layers": ["last"]}, "dense_layers"),
        ({"every": 0}, "greater than 0"),
        ({"schedule": "cubicc"}, "cubicc"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises((ValueError, ValidationError), match=told):
        Gradual(**{"sparsity": 0.9, **fields}).phases(100, 10)
