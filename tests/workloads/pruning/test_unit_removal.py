"""Which units go and which stay, how many, and what is left of those that go."""

from fractions import Fraction

import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from tests.workloads.smaller import UNIT_ROWS
from workloads.network.state import State
from workloads.pruning.allocation import total
from workloads.pruning.unit_criteria import UnitL2, UnitRandom
from workloads.pruning.unit_removal import chosen, mask_units, remaining_units, remove_units
from workloads.script.phases import Train
from workloads.script.removals import RemoveUnits
from workloads.training.loop import train

ROWS = [*WORKLOAD_ROWS, *(row for row in UNIT_ROWS if row.get("hidden") != [] or "channels" in row)]
every_network = pytest.mark.parametrize("row", ROWS, ids=named)


def new(row: dict) -> State:
    return State.new(make(row, {"name": "dense"}).workload, 0, torch.device("cpu"))


def removed(row: dict, images_of, *phases: RemoveUnits) -> State:
    trial = make(row, {"name": "dense"})
    state = new(row)
    for phase in phases:
        state = remove_units(phase, state, trial, images_of(trial))
    return state


def left(state: State) -> list[int]:
    return [int(units.sum()) for units in remaining_units(state).values()]


@every_network
@pytest.mark.parametrize("ratio", [0.0, 0.25, 0.5, 0.99])
def test_counts_at_a_ratio(row, ratio, images_of):
    state = removed(row, images_of, RemoveUnits(criterion=UnitL2(), ratio=ratio))
    counts = [block.count for block in state.workload.units()]
    assert left(state) == [max(1, count - round(Fraction(str(ratio)) * count)) for count in counts]


@pytest.mark.parametrize("row", [ROWS[0], ROWS[1], ROWS[3], ROWS[4], ROWS[5], ROWS[6]], ids=named)
@pytest.mark.parametrize("sparsity", [0.5, 0.7])
def test_counts_at_a_sparsity_are_those_of_the_small_dense_network(row, sparsity, images_of):
    state = removed(row, images_of, RemoveUnits(criterion=UnitL2(), to=sparsity))
    narrow = state.workload.narrowed(total(state.layers, sparsity))
    assert left(state) == [block.count for block in narrow.units()]
    assert sum(state.kept_counts.values()) == narrow.prunable


def test_half_of_both_sides_leaves_a_quarter(images_of):
    """1 - (1 - p)^2 of the 64 x 32 weights between both blocks go, and p of those with one side free."""
    state = removed(ROWS[0], images_of, RemoveUnits(criterion=UnitL2(), ratio=0.25))
    assert state.kept_counts == {"hidden.0": 64 * 48, "hidden.1": 48 * 24, "output": 24 * 10}
    assert 1 - 48 * 24 / (64 * 32) == 1 - (1 - 0.25) ** 2


def test_the_highest_scores_stay():
    state = new({"name": "digits_mlp", "hidden": [4, 2]})
    scores = {"hidden.0": torch.tensor([0.3, 0.1, 0.9, 0.2]), "hidden.1": torch.tensor([5.0, 7.0])}
    half = RemoveUnits(criterion=UnitL2(), ratio=0.5)
    assert {name: units.tolist() for name, units in chosen(half, scores, state, 0).items()} == {
        "hidden.0": [True, False, True, False], "hidden.1": [False, True]}  # fmt: skip


def test_a_global_ranking_compares_scores_with_the_mean_of_their_block():
    """Means 1 and 20: 0.1, 0.5, 1.4 and 2.0 times the mean, and 0.9 and 1.1 times."""
    state = new({"name": "digits_mlp", "hidden": [4, 2]})
    scores = {"hidden.0": torch.tensor([0.1, 0.5, 1.4, 2.0]), "hidden.1": torch.tensor([18.0, 22.0])}

    def kept(ratio: float, scores: dict) -> list[list[bool]]:
        phase = RemoveUnits(criterion=UnitL2(), ratio=ratio, allocation="global")
        return [units.tolist() for units in chosen(phase, scores, state, 0).values()]

    assert kept(0.5, scores) == [[False, False, True, True], [False, True]]
    assert kept(0.34, scores) == [[False, False, True, True], [True, True]]
    assert kept(0.9, scores) == [[False, False, False, True], [False, True]]  # each block keeps its best
    zeros = {name: torch.zeros_like(values) for name, values in scores.items()}
    assert sum(map(sum, kept(0.5, zeros))) == 3  # of equals a random three


def test_choices_nest_and_what_is_gone_stays_gone(images_of):
    """At growing ratios of one criterion, and of one criterion after another."""
    row, before = ROWS[3], None
    for ratio in (0.2, 0.5, 0.8):
        units = remaining_units(removed(row, images_of, RemoveUnits(criterion=UnitRandom(), ratio=ratio)))
        assert before is None or not any(bool((units[name] & ~before[name]).any()) for name in units)
        before = units
    first, second = RemoveUnits(criterion=UnitL2(), ratio=0.5), RemoveUnits(criterion=UnitRandom(), ratio=0.6)
    one, both = (remaining_units(removed(row, images_of, *phases)) for phases in ((first,), (first, second)))
    assert not any(bool((both[name] & ~one[name]).any()) for name in one)
    assert [int(units.sum()) for units in both.values()] == [2, 2, 6]  # of 4, 5 and 16 channels and neurons
    again = remaining_units(removed(row, images_of, first, RemoveUnits(criterion=UnitRandom(), ratio=0.1)))
    assert all(torch.equal(again[name], units) for name, units in one.items())


@every_network
@pytest.mark.parametrize(
    "optimizer", [{"name": "sgd", "momentum": 0.9, "weight_decay": 0.01}, "adam", "adamw"], ids=str
)
def test_removed_units_stay_at_zero_in_training(row, optimizer, images_of):
    """All that computes and reads them, biases and norms included, and what the optimizer remembers of it."""
    trial = make(row, {"name": "dense"}, optimizer=optimizer)
    state, examples = State.new(trial.workload, 0, torch.device("cpu")), images_of(trial).train
    train(state, examples, Train(start=0, stop=3), 12, 0)
    kept = {block.layer: torch.arange(block.count) < (block.count + 1) // 2 for block in trial.workload.units()}
    mask_units(state, kept)
    for stop in (4, 12):
        train(state, examples, Train(start=stop - 1, stop=stop), 12, 0)
        parameters = dict(state.model.named_parameters())
        for block in trial.workload.units():
            for entries in (*block.incoming, *block.outgoing):
                places = [index for unit in range((block.count + 1) // 2, block.count)
                          for index in entries.indices[unit]]  # fmt: skip
                parameter = parameters[entries.tensor]
                for tensor in (parameter.detach(), *state.buffers(parameter)):
                    gone = tensor.index_select(entries.axis, torch.tensor(places, dtype=torch.int64))
                    assert not gone.count_nonzero(), (entries.tensor, stop)
    state.check_zeros()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "either a ratio of units or a sparsity"),
        ({"ratio": 0.5, "to": 0.5}, "either a ratio of units or a sparsity"),
        ({"to": 0.5, "allocation": "global"}, "give a ratio of units, or allocation: uniform"),
        ({"ratio": 1.0}, "less than 1"),
    ],
)
def test_contradictions_are_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        RemoveUnits(criterion=UnitL2(), **fields)
