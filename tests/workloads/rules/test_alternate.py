"""Pruned and dense by turns."""

import pytest
import torch

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.cost.estimate import cost
from workloads.network.rule_context import RuleContext
from workloads.network.rule_state import RuleState
from workloads.network.state import State
from workloads.pruning.allocation import total
from workloads.pruning.criteria import Magnitude
from workloads.rules.alternate import AlternateRule
from workloads.run import run_trial
from workloads.trial import Record


def rule(**fields) -> AlternateRule:
    return AlternateRule(**{"criterion": Magnitude(), "to": 0.5, "allocation": "global", "begin": 10, "end": 85,
                            "cycles": 3} | fields)  # fmt: skip


def test_switches_by_hand():
    """Six stretches in 75 steps: 12.5 each, cut off."""
    assert rule().positions == (10, 22, 35, 47, 60, 72, 85)
    assert [rule().sparsity_at(position) for position in rule().positions] == [0.5, 0, 0.5, 0, 0.5, 0, 0.5]
    assert rule(cycles=1, begin=1, end=3).positions == (1, 2, 3)


@pytest.fixture
def state() -> State:
    return State.new(make({"name": "digits_mlp", "hidden": [2]}, {"name": "dense"}).workload, 0, torch.device("cpu"))


def test_weights_come_back_at_zero_and_compete_again(state, images_of):
    data = images_of(make(WORKLOAD_ROWS[0], {"name": "dense"}))

    def act(position: int, memory: RuleState) -> RuleState:
        return rule(to=0.25).act(RuleContext(position, state, memory, data, 0))

    state.weight("hidden.0").data.fill_(1.0)
    state.weight("output").data = torch.tensor([[0.1, 0.2]] * 10)  # 20 of 148 weights; 37 are to go
    first = act(10, RuleState())
    assert (state.kept_counts["output"], sum(state.kept_counts.values())) == (0, 111)
    assert first.figures == ()  # nothing to compare with
    second = act(22, first)
    assert all(bool(mask.all()) for mask in state.masks.values()) and second.figures == ()
    assert not state.weight("output").detach().any() and state.weight("hidden.0").detach().sum() == 111
    before = {name: mask.clone() for name, mask in second.group("compressed").items()}
    state.weight("output").data.fill_(2.0)
    third = act(35, second)
    assert state.kept_counts["output"] == 20
    came = int((state.masks["output"] & ~before["output"]).sum())
    assert third.figures == ((0, {"masks/churn": came / 111, "masks/exploration": 1.0}),) and came == 20


def test_a_switch_empties_the_optimizer(state, images_of):
    data = images_of(make(WORKLOAD_ROWS[0], {"name": "dense"}))
    for position in (10, 22):
        for parameter in state.model.parameters():
            parameter.grad = torch.ones_like(parameter)
        state.optimizer.step()
        assert state.optimizer.state
        rule().act(RuleContext(position, state, RuleState(), data, 0))
        assert not state.optimizer.state


def test_the_method_ends_compressed_and_is_priced_as_it_runs(images_of):
    method = {"name": "ac_dc", "sparsity": 0.8, "cycles": 2, "allocation": "uniform"}
    trial = make(WORKLOAD_ROWS[0], method, steps=40, every=1)
    assert trial.phases[0].rule.positions == (4, 11, 19, 26, 34)
    records = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    seen = [record.value for record in records if record.name == "pruning/sparsity"]
    assert [round(each, 2) for each in seen[::4]] == [0, 0.8, 0.8, 0, 0, 0.8, 0.8, 0, 0, 0.8]
    (flops,) = [record.value for record in records if record.name == "cost/training_flops"]
    assert flops == cost(trial).training_flops
    whole = make(WORKLOAD_ROWS[0], {"name": "ac_dc", "sparsity": 0.8}, steps=40)
    *_, measured = run_trial(whole, images_of(whole))
    assert sum(measured.state.kept_counts.values()) == total(trial.workload.layers, 0.8)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"cycles": 40}, "prunes from step 10 to step 85 of 100 in 80 stretches, and each needs a step; give fewer"),
        ({"warmup": 0.001}, "from step 0 to step 85"),
        ({"recovery": 0.001}, "to step 100 of 100"),
        ({"warmup": 0.9}, "from step 90 to step 85"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises(ValueError, match=told):
        make(WORKLOAD_ROWS[0], {"name": "ac_dc", "sparsity": 0.5, **fields}, steps=100).phases  # noqa: B018
