"""Figures of masks over first weights: which runs have them, when, and what they count."""

import pytest
import torch

from tests.workloads.rows import METHOD_ROWS, WORKLOAD_ROWS, every, make
from workloads.itinerary import legs, runs
from workloads.measure.look import look_at_masks
from workloads.methods.static_random import StaticRandom
from workloads.network.state import State
from workloads.pruning.criteria import Random
from workloads.run import run_trial
from workloads.script.phases import Measure, Narrow, Remember, Rescale, Return, Script, Shuffle, Train
from workloads.script.removals import Prune
from workloads.trial import Record

STARTS = ("start/effective_sparsity", "start/empty_layers")
MASKED = {"name": "static_random", "sparsity": 0.9}
TRAIN = Train(start=0, stop=12)


def masks(to: float = 0.9) -> Prune:
    return Prune(criterion=Random(), to=to, allocation="uniform")


def opened(script: Script) -> list[tuple[str, str]]:
    """The run and the phase of every leg after which masks over first weights are measured."""
    trial = make(WORKLOAD_ROWS[0], {"name": "dense"})
    return [
        (run.label, leg.phase.name) for run in runs(script) for leg in legs(run, trial, frozenset())
        if leg.masks_untrained
    ]  # fmt: skip


def test_masks_are_measured_where_the_last_of_them_is_in_place():
    assert opened((masks(0.5), masks(), Rescale(), TRAIN, Measure())) == [("final", "rescale")]
    assert opened((Narrow(to=0.5), masks(), TRAIN, Measure())) == [("final", "prune")]
    assert opened((masks(), Train(start=0, stop=3), masks(0.95), Train(start=3, stop=9), Measure())) == [
        ("final", "prune")
    ]


def test_a_control_whose_masks_are_shuffled_later_in_the_script_has_its_own():
    script = (masks(), Remember(point="masked"), TRAIN, Measure(), Return(to="masked"), Shuffle(draw=1), TRAIN,
              Measure(label="shuffled-1"), Return(to="masked"), TRAIN, Measure(label="again"))  # fmt: skip
    assert opened(script) == [("final", "prune"), ("shuffled-1", "shuffle"), ("again", "return")]


def test_what_begins_dense_has_none():
    for script in ((TRAIN, masks(), TRAIN), (masks(0), TRAIN), (Narrow(to=0.9), TRAIN), (TRAIN, masks())):
        assert opened((*script, Measure())) == []
    assert opened((TRAIN, Measure(label="r00"), masks(), TRAIN, Measure(label="r01"))) == []  # a round of a ladder


def at_the_start(trial, images) -> list[tuple[int, str, float]]:
    """Step, name and value of the figures of masks over first weights."""
    events = run_trial(trial, images)
    return [(one.step, one.name, one.value) for one in events if isinstance(one, Record) and one.name in STARTS]


@every([(workload, MASKED) for workload in WORKLOAD_ROWS])
def test_they_come_once_at_step_0_and_paths_only_where_they_are_defined(workload, method, images_of):
    trial = make(workload, method)
    found = at_the_start(trial, images_of(trial))
    assert [step for step, *_ in found] == [0] * len(found)
    names = STARTS if trial.workload.is_chain else STARTS[1:]
    assert sorted(name for _, name, _ in found) == list(names)


def test_before_any_training_step_they_are_what_the_end_says_of_untouched_masks(images_of):
    """Static masks: what trained between has no say in which weights lie on a path."""
    for sparsity in (0.9, 0.98):
        trial = make(WORKLOAD_ROWS[0], MASKED | {"sparsity": sparsity})
        figures = {one.name: one.value for one in run_trial(trial, images_of(trial)) if isinstance(one, Record)}
        assert figures["start/effective_sparsity"] == figures["final/effective_sparsity"] > sparsity - 1e-3


def state_of(hidden: list[int], kept: dict[str, list[list[int]]]) -> State:
    """A network of 64 inputs and 10 outputs whose masks keep a few weights, as (out, in)."""
    workload = make(WORKLOAD_ROWS[0] | {"hidden": hidden}, {"name": "dense"}).workload
    state = State.new(workload, 0, torch.device("cpu"))
    for name, mask in state.masks.items():
        mask[:] = False
        for out, into in kept[name]:
            mask[out, into] = True
    state.put_masks(state.masks)
    return state


def test_weights_on_no_path_are_counted_by_hand():
    """148 weights. Of six that are kept, three lie on a path from input 5 or 6 to output 3: unit 1 has no input."""
    state = state_of([2], {"hidden.0": [[0, 5], [0, 6]], "output": [[3, 0], [4, 1], [5, 1], [6, 1]]})
    assert look_at_masks(state, 148).figures == {
        "start/empty_layers": 0, "start/effective_sparsity": pytest.approx(1 - 3 / 148)
    }  # fmt: skip


def test_a_layer_without_a_weight_leaves_no_path():
    state = state_of([2, 3], {"hidden.0": [[0, 5], [1, 6]], "hidden.1": [], "output": []})
    assert look_at_masks(state, 164).figures == {"start/empty_layers": 2, "start/effective_sparsity": 1}


def test_a_narrowed_network_counts_against_the_whole(images_of, monkeypatch):
    """Of 6,464 weights narrowing leaves about half, and masks a tenth of these."""
    trial = make(WORKLOAD_ROWS[0], MASKED | {"sparsity": 0.9})
    script = (Narrow(to=0.5), masks(), TRAIN, Measure())
    monkeypatch.setattr(StaticRandom, "phases", lambda *_: script)
    figures = {name: value for _, name, value in at_the_start(trial, images_of(trial))}
    assert 0.95 <= figures["start/effective_sparsity"] < 1


def test_all_methods_that_prune_later_have_none(images_of):
    for method in ({"name": "dense"}, METHOD_ROWS[5], METHOD_ROWS[8], METHOD_ROWS[16], METHOD_ROWS[-1]):
        trial = make(WORKLOAD_ROWS[0], method)
        assert at_the_start(trial, images_of(trial)) == []
