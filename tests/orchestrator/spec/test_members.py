"""Classes that join a family at run time are read, planned and run like built-in ones."""

import json

import pytest

from orchestrator.spec.complaints import SpecError
from tests.workloads.rules.scripted import Scripted
from tests.workloads.rules.swap import SwapRule
from tests.workloads.tasks.diabetes import DiabetesMlp
from workloads.catalog import METHODS, RULES, WORKLOADS

SPEC = """
workload: {name: digits_mlp, training: {steps: 12, epochs: null}, measure: {probe: 20}}
method: {name: scripted, rule: {name: swap, end: 12}}
grid: {method.rule.every: [4, 6]}
"""


@pytest.fixture
def members():
    METHODS.join(Scripted)
    RULES.join(SwapRule)
    WORKLOADS.join(DiabetesMlp)
    yield
    METHODS.leave(Scripted)
    RULES.leave(SwapRule)
    WORKLOADS.leave(DiabetesMlp)


def test_a_method_that_has_joined_is_planned_with_its_twin(members, written):
    planned = written.plan(SPEC)
    rules = [one.trial.method.rule for one in planned.trials]
    assert sorted(rule.every for rule in rules if rule) == [4, 6] and rules.count(None) == 1


def test_a_method_that_has_not_is_unknown(written):
    with pytest.raises(SpecError, match="scripted"):
        written.plan(SPEC)


def test_mistakes_in_its_settings_have_their_place_and_say_what_is_allowed(members, written):
    with pytest.raises(SpecError, match="evry is not a setting of swap. Did you mean every"):
        written.plan(SPEC.replace("method.rule.every", "method.rule.evry"))


def test_it_is_listed(members, sparsity):
    assert "scripted        Half of the weights are gone" in sparsity("methods")[1]
    assert '"SwapRule"' in sparsity("methods", "--json")[1]


def test_it_is_run(members, sparsity, tmp_path):
    (tmp_path / "mine.yaml").write_text(SPEC)
    assert sparsity("sweep", "mine.yaml", "--executor", "inline", "--no-report")[0] == 0
    assert len(list((tmp_path / "results" / "mine").glob("*/result.json"))) == 3


def test_a_sweep_carries_the_outcome_in_its_plan(members, sparsity, tmp_path):
    (tmp_path / "mine.yaml").write_text("workload: {name: diabetes_mlp, training: {epochs: 2}}\n"
                                        "method: static_random\nsparsity: [0.5]\nseeds: 2\n")  # fmt: skip
    code, out, err = sparsity("sweep", "mine.yaml", "--executor", "inline", "--no-report")
    assert code == 0, err
    (outcome,) = {
        json.dumps(trial["outcome"])
        for trial in json.loads((tmp_path / "results" / "mine" / "plan.json").read_text())["trials"]
    }
    assert json.loads(outcome) == DiabetesMlp().outcome.model_dump()
