import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.cost.estimate import cost
from workloads.methods.early_bird import EarlyBird
from workloads.network.state import State
from workloads.rules.apply import apply
from workloads.rules.early_bird import Search, distance
from workloads.run import run_trial
from workloads.trial import Record

STREAM = ("1111100000", "0111110000", "0011111000", "0011111000", "0011111000")  # a mask at the end of each epoch


def mask(entries: str) -> dict[str, torch.Tensor]:
    """Ten entries in two layers."""
    kept = torch.tensor([entry == "1" for entry in entries])
    return {"hidden": kept[:6].view(2, 3), "output": kept[6:].view(2, 2)}


def rule(**fields):
    steps = fields.pop("steps", 100)
    train, _ = EarlyBird(**{"sparsity": 0.5, **fields}).phases(steps, 10)
    return train.rule


def test_a_distance_is_the_fraction_of_all_entries_that_differ():
    """Of six entries two differ, of four one: 3 / 10, and not the mean of 1/3 and 1/4."""
    assert distance(mask("111000" + "1100"), mask("100000" + "1000")) == 0.3
    assert distance(mask(STREAM[0]), mask(STREAM[0])) == 0.0
    assert distance(mask("1111111111"), mask("0000000000")) == 1.0


@pytest.mark.parametrize(
    ("window", "farthest"),
    [(2, [None, 0.2, 0.2, 0.0, 0.0]), (3, [None, None, 0.4, 0.2, 0.0]), (5, [None, None, None, None, 0.4])],
)
def test_the_newest_masks_are_compared_with_all_others_of_the_window(window, farthest):
    search = Search()
    for entries, expected in zip(STREAM, farthest):
        search.add(mask(entries), window)
        assert search.distance == expected and len(search.recent) <= window


@pytest.mark.parametrize(
    ("window", "tolerance", "epoch"),
    [(2, 0.2, 2), (2, 0.1, 4), (3, 0.4, 3), (3, 0.2, 4), (3, 0.19, 5), (3, 0.0, 5), (5, 0.4, 5), (5, 0.3, None)],
)
def test_masks_have_settled_at_the_known_epoch(window, tolerance, epoch):
    search, settled = Search(), []
    for entries in STREAM:
        search.add(mask(entries), window)
        settled.append(search.has_settled(tolerance))
    assert (settled.index(True) + 1 if any(settled) else None) == epoch


@pytest.mark.parametrize(
    ("tolerance", "at"),
    [(0.1, 60), (0.25, 50), (0.5, 30), (0.05, None)],
)
def test_weights_that_drift_by_hand_give_a_ticket_when_they_slow_down(tolerance, at, images_of):
    """N weights of the magnitudes 1 to N lie in a ring, and the larger half is kept. Where the ring turns by r N places
    the half leaves r N entries and takes r N others: a distance of 2 r. So three masks are at most 0.4 apart at
    position 30, then 0.5 (from 0.1 to 0.35 of a turn), 0.2 and 0.1."""
    trial = make({"name": "digits_mlp", "hidden": [10]}, {"name": "dense"})
    size = trial.workload.prunable
    assert size == 64 * 10 + 10 * 10  # so that all turns are whole numbers of entries
    state = State.new(trial.workload, 0, torch.device("cpu"))
    one = rule(steps=60, window=3, tolerance=tolerance)
    for position, turned in zip(one.positions, (0.0, 0.1, 0.2, 0.35, 0.3, 0.3), strict=True):
        values = torch.arange(1.0, size + 1).roll(round(turned * size))
        for name, part in zip(state.weights, values.split([layer.size for layer in state.layers])):
            state.weight(name).data.copy_(part.view_as(state.weight(name)))
        state.tally.step = position
        apply(one, position, state, trial.seed, images_of(trial))
        if position in (at, one.end):
            kept = torch.cat([mask.flatten() for mask in state.masks.values()])
            assert torch.equal(kept, values > size // 2) and state.rule.tensors == {}
            break
        assert all(bool(mask.all()) for mask in state.masks.values())
    assert (position, state.rule.summary.get("early_bird/step")) == (at or one.end, at)


def drawn(images_of, steps=24, **fields):
    """A trial, its records and its state at the end: masks every second step, three of them compared."""
    method = {"name": "early_bird", "sparsity": 0.8, "every": 2, "window": 3, **fields}
    trial = make(WORKLOAD_ROWS[0], method, steps=steps, every=1)
    events = list(run_trial(trial, images_of(trial)))
    return trial, [event for event in events if isinstance(event, Record)], events[-1].state


def at_steps(records: list[Record], name: str) -> dict[int, float]:
    return {record.step: record.value for record in records if record.name == name}


@pytest.mark.parametrize("allocation", ["global", "uniform", "erk"])
def test_a_ticket_is_one_shot_pruning_at_the_step_at_which_it_is_drawn(images_of, allocation):
    trial, records, state = drawn(images_of, tolerance=0.02, allocation=allocation)
    ((_, step),) = at_steps(records, "early_bird/step").items()
    assert 6 <= step < 24 and at_steps(records, "early_bird/drawn") == {24: 1}
    pruned = {
        "name": "one_shot", "sparsity": 0.8, "allocation": allocation, "dense_steps": int(step),
        "fine_tune": {"steps": int(24 - step)},
    }  # fmt: skip
    same = make(WORKLOAD_ROWS[0], pruned, steps=24, every=1)
    other = list(run_trial(same, images_of(same)))[-1].state
    for name, weight in state.weights.items():
        assert torch.equal(state.masks[name], other.masks[name]) and torch.equal(weight, other.weight(name))
    assert state.tally.flops == other.tally.flops and state.tally.mask_step == step
    if allocation != "global":
        assert state.tally.flops == cost(same).training_flops < cost(trial).training_flops


def test_distances_are_told_from_the_first_full_window_to_the_ticket(images_of):
    _, records, _ = drawn(images_of, tolerance=0.02)
    ((_, step),) = at_steps(records, "early_bird/step").items()
    seen = at_steps(records, "early_bird/distance")
    assert list(seen) == list(range(6, int(step) + 1, 2))
    assert all(value > 0.02 for value in list(seen.values())[:-1]) and seen[step] <= 0.02
    sparsities = at_steps(records, "pruning/sparsity")
    assert {sparsities[one] for one in range(1, int(step))} == {0.0}
    assert len({sparsities[one] for one in range(int(step), 25)}) == 1
    assert not [record for record in records if record.name.startswith("pruned/")]


@pytest.mark.parametrize(("steps", "end"), [(24, 24), (25, 24)])
def test_without_a_ticket_the_last_masks_are_taken_and_it_is_told(images_of, steps, end):
    trial, records, state = drawn(images_of, steps, tolerance=0.0, sparsity=0.5, allocation="uniform")
    assert at_steps(records, "early_bird/drawn") == {steps: 0} and not at_steps(records, "early_bird/step")
    assert list(at_steps(records, "early_bird/distance")) == list(range(6, end + 1, 2))
    assert state.tally.mask_step == end and sum(state.kept_counts.values()) == trial.workload.prunable / 2
    assert state.tally.flops == cost(trial).training_flops  # planned is the latest that it can be


def test_other_methods_tell_nothing_of_tickets(images_of):
    trial = make(WORKLOAD_ROWS[0], {"name": "gradual", "sparsity": 0.9, "every": 2})
    assert not [event for event in run_trial(trial, images_of(trial)) if getattr(event, "name", "")[:5] == "early"]


@pytest.mark.parametrize(
    ("fields", "positions"),
    [({"steps": 59}, (10, 20, 30, 40, 50)), ({"steps": 12, "every": 5, "window": 2}, (5, 10)),
     ({"steps": 50, "window": 2}, (10, 20, 30, 40, 50))],
)  # fmt: skip
def test_masks_are_worked_out_at_the_end_of_every_epoch_unless_told_otherwise(fields, positions):
    one = rule(**fields)
    assert one.positions == positions
    assert [one.sparsity_at(position) for position in positions] == [0.0] * (len(positions) - 1) + [0.5]


def test_the_twin_is_dense():
    assert make(WORKLOAD_ROWS[0], {"name": "early_bird", "sparsity": 0.8, "every": 2}).twin().method.name == "dense"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"steps": 49}, "early_bird compares 5 masks, one every 10 steps, and a training of 49 steps gives 4; make"),
        ({"every": 60, "window": 2}, "compares 2 masks, one every 60 steps, and a training of 100 steps gives 1; make"),
        ({"window": 1}, "greater than or equal to 2"),
        ({"tolerance": 1.0}, "less than 1"),
        ({"tolerance": -0.1}, "greater than or equal to 0"),
        ({"dense_layers": ["last"]}, "dense_layers need a budget"),
        ({"every": 0}, "greater than 0"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises((ValueError, ValidationError), match=told):
        rule(**fields)
