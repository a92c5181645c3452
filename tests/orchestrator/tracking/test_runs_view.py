"""The view of a sweep's runs in MLflow's table."""

import json

from orchestrator.tracking.runs_view import path, saved_view, varying
from tests.orchestrator.sweeps import written

SPEC = """
name: tiny
workload: {name: digits_mlp, training: {steps: 40}}
method: [{name: static_random, allocation: erk}, {name: small_dense}]
sparsity: [0.5, 0.75]
seeds: 2
"""


def test_the_settings_that_differ(tmp_path):
    """This includes settings that only one method has, and excludes those of the common workload."""
    _, planned = written(tmp_path, SPEC)
    names = ["method.name", "method.sparsity", "method.allocation", "method.dense_layers", "seed"]
    assert varying(planned.trials) == names
    assert varying(planned.trials[:1]) == []
    _, planned = written(tmp_path, SPEC, "workload.training.optimizer.lr=0.1", "seeds=1")
    assert "workload.training.optimizer.lr" not in varying(planned.trials) and "seed" not in varying(planned.trials)


def test_the_view_is_one_that_mlflow_reads(tmp_path):
    """JSON with the state as JSON text in it, as MLflow's page writes it."""
    _, planned = written(tmp_path, SPEC)
    saved = json.loads(saved_view(planned.trials, 1234))
    state = json.loads(saved.pop("state"))
    assert saved == {"name": "Networks, best first", "createdAt": 1234, "updatedAt": 1234}
    assert state["searchFilter"] == "tags.`sparsity.kind` = 'run'"
    assert (state["orderByKey"], state["orderByAsc"]) == ("metrics.`final/val_accuracy`", False)
    columns = state["selectedColumns"]
    assert columns[:2] == ["metrics.`final/test_accuracy`", "metrics.`final/val_accuracy`"]
    assert set(columns[3:]) == {f"params.`{name}`" for name in varying(planned.trials)}
    assert state["columnOrder"] == ["attributes.`Run Name`", "runDateAndNestInfo", *columns]
    assert set(state["columnWidths"]) == set(state["columnOrder"])
    assert state["columnWidths"]["metrics.`final/test_accuracy`"] == 20 + 7 * 19


def test_language_models_are_in_order_of_their_bits(tmp_path):
    _, planned = written(tmp_path, SPEC.replace("digits_mlp, training: {steps: 40}", "shakespeare_gpt2"))
    state = json.loads(json.loads(saved_view(planned.trials, 1234))["state"])
    assert (state["orderByKey"], state["orderByAsc"]) == ("metrics.`final/val_bits_per_character`", True)
    assert state["selectedColumns"][:3] == [
        "metrics.`final/test_bits_per_character`", "metrics.`final/val_bits_per_character`",
        "metrics.`final/nonzero_parameters`"]  # fmt: skip
    assert "accuracy" not in json.dumps(state)


def test_the_address_of_the_view():
    assert path("7") == "/experiments/7/runs?viewStateShareKey=sparsity&workflowType=machine_learning"
