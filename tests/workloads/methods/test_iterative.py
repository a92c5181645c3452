"""Pruning in rounds."""

import pytest
import torch
from pydantic import ValidationError

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.itinerary import runs
from workloads.methods.iterative import Iterative
from workloads.pruning.allocation import total
from workloads.run import run_trial
from workloads.trial import Measured, Record


def ladder(**fields):
    return make(WORKLOAD_ROWS[0], {"name": "iterative", **fields}, steps=20)


def measured(trial, images):
    """By label: weights kept by layer and the masks, at the end of each run."""
    found = {}
    for event in run_trial(trial, images):
        if isinstance(event, Measured):
            masks = {name: mask.clone() for name, mask in event.state.masks.items()}
            found[event.label] = (dict(event.state.kept_counts), masks)
    return found


def test_counts_of_a_rate_by_hand(images_of):
    """A fifth of what is left, a tenth in the output layer; digits_mlp has 64 x 64, 32 x 64 and 10 x 32 weights.

    4096 - round(819.2) = 3277, - round(655.4) = 2622, - round(524.4) = 2098;
    2048 - round(409.6) = 1638, - round(327.6) = 1310, - 262 = 1048; 320 - 32 = 288, - round(28.8) = 259, - 26 = 233.
    """
    trial = ladder(rounds=3, rate=0.2, output_rate=0.1, allocation="uniform", fine_tune={"steps": 2})
    kept = {label: tuple(counts.values()) for label, (counts, _) in measured(trial, images_of(trial)).items()}
    assert kept == {
        "r00": (4096, 2048, 320), "r01": (3277, 1638, 288), "r02": (2622, 1310, 259), "r03": (2098, 1048, 233),
    }  # fmt: skip


def test_counts_over_all_layers_by_hand(images_of):
    """6464 - round(1292.8) = 5171, - round(1034.2) = 4137."""
    trial = ladder(rounds=2, rate=0.2, fine_tune={"steps": 0})
    kept = [sum(counts.values()) for counts, _ in measured(trial, images_of(trial)).values()]
    assert kept == [6464, 5171, 4137]


@pytest.mark.parametrize(
    ("fields", "rungs"),
    [
        ({"levels": [0.5, 0.8, 0.9]}, [0.5, 0.8, 0.9]),
        ({"rounds": 3, "rate": 0.2}, [0.2, 0.36, 0.488]),
        ({"sparsity": 0.875, "rounds": 3}, [0.5, 0.75, 0.875]),
        ({"sparsity": 0.9, "rounds": 1}, [0.9]),
        ({"sparsity": 0.9, "rate": 0.5}, [0.5, 0.75, 0.875, 0.9]),  # the fourth removes less than half
        ({"sparsity": 0.75, "rate": 0.5}, [0.5, 0.75]),
        ({"sparsity": 0.1, "rate": 0.5}, [0.1]),
        ({}, [0.2, 0.36, 0.488, 0.5904, 0.67232, 0.737856, 0.7902848, 0.83222784, 0.865782272, 0.8926258176]),
    ],
)  # fmt: skip
def test_rungs(fields, rungs):
    assert list(Iterative(**fields).rungs) == rungs


@pytest.mark.parametrize("allocation", ["global", "uniform"])
@pytest.mark.parametrize("fields", [{"levels": [0.31, 0.77, 0.953]}, {"sparsity": 0.953, "rounds": 4},
                                    {"sparsity": 0.953, "rate": 0.6}], ids=str)  # fmt: skip
def test_the_last_rung_lands_exactly(images_of, fields, allocation):
    trial = ladder(**fields, allocation=allocation, fine_tune={"steps": 3})
    *_, (kept, _) = measured(trial, images_of(trial)).values()
    if allocation == "global":
        assert sum(kept.values()) == total(trial.workload.layers, 0.953)
    else:
        # of 4096, 2048 and 320 weights go 3903.488, 1951.744 and 304.96
        assert kept == {"hidden.0": 193, "hidden.1": 96, "output": 15}


@pytest.mark.parametrize("criterion", ["magnitude", "random", "gradient", "saliency", "activation"])
def test_what_is_gone_stays_gone(images_of, criterion):
    trial = ladder(levels=[0.3, 0.6, 0.9], criterion=criterion)
    found = [masks for _, masks in measured(trial, images_of(trial)).values()]
    for before, after in zip(found, found[1:]):
        assert not any((after[name] & ~before[name]).any() for name in after)
        assert any((before[name] & ~after[name]).any() for name in after)


def test_rounds_retrain_the_tail_or_go_on():
    """A quarter of 20 steps a round: the last five positions again, or the next five at a rate of one's own."""

    def trained(**fine_tune):
        script = ladder(rounds=2, rate=0.5, fine_tune=fine_tune).phases
        return [(one.start, one.stop, one.lr) for one in script if one.name == "train"]

    assert trained() == [(0, 20, None), (15, 20, None), (15, 20, None)]
    assert trained(lr=0.01) == [(0, 20, None), (20, 25, 0.01), (25, 30, 0.01)]


def test_each_rung_is_a_run_that_begins_where_the_last_has_ended(images_of):
    trial = ladder(levels=[0.5, 0.9])
    records = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    steps = {}
    for record in records:
        if record.name == "val/loss":
            steps.setdefault(record.label, []).append(record.step)
    assert steps == {"r00": [5, 10, 15, 20], "r01": [25], "r02": [30]}
    ends = {(record.label, record.name): record.value for record in records}
    assert [ends[label, "cost/steps_total"] for label in steps] == [20, 25, 30]
    assert [ends[label, "cost/steps_since_last_mask"] for label in steps] == [20, 5, 5]
    assert ("r00", "pruned/test_accuracy") not in ends and ("r02", "pruned/test_accuracy") in ends
    assert ends["r02", "cost/train_seconds"] < ends["r02", "cost/path_train_seconds"]
    assert [run.label for run in runs(trial.phases)] == list(steps)


def test_the_twin_takes_the_same_steps_and_is_one_for_all_ladders_of_as_many_rungs():
    twins = {
        ladder(**fields).twin().key
        for fields in ({"levels": [0.5, 0.9]}, {"rounds": 2, "rate": 0.2, "allocation": "uniform", "output_rate": 0.1},
                       {"sparsity": 0.9, "rounds": 2, "criterion": "random"})
    }  # fmt: skip
    assert len(twins) == 1
    twin = ladder(levels=[0.5, 0.9]).twin()
    assert twin.twin() == twin and twin.method.rungs == (0.0, 0.0)
    assert ladder(levels=[0.5], fine_tune={"steps": 0}).twin().method.name == "dense"


def test_the_first_run_is_the_dense_trial(images_of):
    trial, dense = ladder(levels=[0.5]), make(WORKLOAD_ROWS[0], {"name": "dense"}, steps=20)
    first, alone = (
        next(event for event in run_trial(one, images_of(trial)) if isinstance(event, Measured))
        for one in (trial, dense)
    )
    assert first.network == alone.network
    weights = dense.workload.model(0).state_dict()
    assert weights.keys() == alone.state.model.state_dict().keys()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"levels": [0.5, 0.5]}, "must rise"),
        ({"levels": [0.9, 0.5]}, "must rise"),
        ({"levels": []}, "at least 1"),
        ({"levels": [0.0, 0.5]}, "greater than 0"),
        ({"levels": [0.5], "rate": 0.2}, "leave out rate"),
        ({"rounds": 3}, "rounds alone does not fix the sparsity of each round"),
        ({"rounds": 3, "rate": 0.2, "sparsity": 0.9}, "rounds 3 at rate 0.2 give sparsity 0.488, and sparsity is 0.9; "
         "leave out one of"),
        ({"rounds": 60, "rate": 0.9}, "rounds 60 at rate 0.9 leave no weights; make one of them smaller"),
        ({"rate": 1.0, "rounds": 3}, "less than 1"),
        ({"output_rate": 0.1, "rounds": 3, "rate": 0.2}, "output_rate needs rounds and rate, and allocation"),
        ({"output_rate": 0.1, "levels": [0.5], "allocation": "uniform"}, "output_rate needs"),
        ({"output_rate": 0.1, "sparsity": 0.5, "rounds": 2, "allocation": "uniform"}, "output_rate needs"),
        ({"allocation": "erk", "levels": [0.5]}, "global"),
    ],
)  # fmt: skip
def test_what_makes_no_ladder_is_refused(fields, told):
    with pytest.raises(ValidationError, match=told):
        Iterative(**fields)


def test_a_ladder_with_one_rung_is_one_shot_pruning(images_of):
    """The same network, by another name: the run of one_shot begins with its dense training, that of a rung after."""
    rung = ladder(levels=[0.9])
    one_shot = make(WORKLOAD_ROWS[0], {"name": "one_shot", "sparsity": 0.9}, steps=20)
    ends = [list(run_trial(trial, images_of(trial)))[-1] for trial in (rung, one_shot)]
    assert ends[0].network == ends[1].network
    for name, weight in ends[0].state.weights.items():
        assert torch.equal(weight, ends[1].state.weights[name])
