"""Laws that every rule must keep, whoever brings it. A new one joins by adding a row."""

import pytest
import torch

from tests.workloads import test_laws as of_methods
from tests.workloads.rows import RULE_ROWS, WORKLOAD_ROWS, make, named
from tests.workloads.rules.scripted import Scripted
from tests.workloads.rules.swap import SwapRule
from tests.workloads.training import test_stages as of_stages
from workloads.catalog import METHODS, RULES
from workloads.itinerary import legs, runs
from workloads.run import run_trial
from workloads.trial import Measured, Trial

DIGITS = WORKLOAD_ROWS[0]
every_rule = pytest.mark.parametrize("rule", RULE_ROWS, ids=named)


@pytest.fixture(autouse=True)
def members():
    """The made-up rule, and the method that lends itself to any rule."""
    METHODS.join(Scripted)
    RULES.join(SwapRule)
    yield
    METHODS.leave(Scripted)
    RULES.leave(SwapRule)


def scripted(rule) -> dict:
    return {"name": "scripted", "rule": rule}


def test_the_rows_name_every_rule():
    assert {row["name"] for row in RULE_ROWS} == {cls.model_fields["name"].default for cls in RULES.members}


@every_rule
def test_laws_of_methods_hold(rule, images_of, monkeypatch):
    of_methods.test_settings_survive_json(DIGITS, scripted(rule))
    of_methods.test_same_trial_same_figures(DIGITS, scripted(rule), images_of)
    of_methods.test_seeds_differ(scripted(rule), images_of)
    of_methods.test_measuring_more_or_less_changes_no_weight(DIGITS, scripted(rule), images_of)
    of_methods.test_steps_are_those_planned(DIGITS, scripted(rule), images_of, monkeypatch)


@every_rule
def test_bits_are_the_same_from_stages_and_checkpoints(rule, images_of):
    of_stages.test_cached_or_not_the_bits_are_the_same(DIGITS, scripted(rule), images_of)
    of_stages.test_resumed_or_not_the_bits_are_the_same(DIGITS, scripted(rule), images_of)


@every_rule
@pytest.mark.parametrize("optimizer", of_methods.OPTIMIZERS, ids=lambda row: "-".join(map(str, row.values())))
def test_removed_weights_are_zero_after_every_step(rule, optimizer, images_of):
    """A look after each step raises where one is not; a rule's positions are legs and looks like any other."""
    trial = make(DIGITS, scripted(rule), optimizer=optimizer, every=1)
    *_, measured = run_trial(trial, images_of(trial))
    assert isinstance(measured, Measured)


@every_rule
def test_a_training_is_cut_where_the_rule_acts_and_nowhere_else(rule):
    trial = make(DIGITS, scripted(rule), every=100)
    (run,) = runs(trial.phases)
    stops = [leg.place.position for leg in legs(run, trial, frozenset()) if leg.phase.name == "train"]
    steps = trial.workload.steps
    positions = [one for one in trial.method.rule.positions if one < steps]
    assert stops == [*positions, steps]


def swapping(every: int = 4) -> Trial:
    return make(DIGITS, scripted({"name": "swap", "every": every, "end": 12}), steps=12, every=4)


def test_a_made_up_rule_swaps_the_largest_weight_for_a_random_one(images_of):
    trial = swapping(12)
    images = images_of(trial)
    plain = trial.model_copy(update={"method": trial.method.twin()})
    plain = plain.model_copy(update={"workload": make(DIGITS, {"name": "dense"}, steps=12, every=4).workload})
    *_, changed = run_trial(trial, images)
    *_, alike = run_trial(plain, images)
    before, after = alike.state.masks, changed.state.masks
    gone = {name: mask & ~after[name] for name, mask in before.items()}
    come = {name: mask & ~before[name] for name, mask in after.items()}
    assert sum(int(mask.sum()) for mask in gone.values()) == 1 == sum(int(mask.sum()) for mask in come.values())
    assert trial.method.rule.source == "made_up"


def test_its_figures_and_its_summary_are_recorded(images_of):
    trial = swapping()
    records = of_methods.figures(trial, images_of(trial))
    assert [(step, value) for _, step, name, value in records if name == "made_up/swaps"] == [
        (4, 1.0), (8, 1.0), (12, 1.0)
    ]  # fmt: skip
    assert [(step, value) for _, step, name, value in records if name == "made_up/swapped"] == [(12, 1.0)]


def test_a_name_that_is_taken_is_refused():
    class Other(SwapRule):
        """Another of the same name."""

    with pytest.raises(ValueError, match="the name swap of .*Other belongs to SwapRule"):
        RULES.join(Other)


def test_a_step_in_whose_place_a_rule_acts_counts_and_moves_nothing(images_of):
    """One step of plain SGD, replaced: all weights that stay are those of the beginning."""
    trial = make(DIGITS, scripted({"name": "swap", "every": 1, "end": 1}), steps=1, every=1,
                 optimizer={"name": "sgd", "lr": 0.1})  # fmt: skip
    first = trial.workload.model(0).state_dict()
    *_, measured = run_trial(trial, images_of(trial))
    state = measured.state
    assert (state.tally.step, state.tally.steps_total) == (1, 1)
    for name, weight in state.weights.items():
        kept = state.masks[name] & (weight != 0)
        assert torch.equal(weight[kept], first[f"{name}.weight"][kept])
    for name, value in state.model.state_dict().items():
        assert not name.endswith("bias") or torch.equal(value, first[name])
