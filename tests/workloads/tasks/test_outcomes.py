"""Networks that are judged by an outcome that a workload brings along."""

import pytest
import torch

from tests.workloads import test_laws as laws
from tests.workloads.tasks.diabetes import DiabetesMlp
from workloads.catalog import WORKLOADS
from workloads.data.sources import Sources
from workloads.data.splits import Split
from workloads.network.loss import objective
from workloads.run import run_trial
from workloads.training.evaluation import evaluate
from workloads.trial import Record, Trial

ROW = {"name": "diabetes_mlp", "hidden": [16, 8]}
METHODS = [
    {"name": "static_random", "sparsity": 0.5},
    {"name": "iterative", "levels": [0.5, 0.8], "criterion": "gradient"},
]


@pytest.fixture(autouse=True)
def member():
    WORKLOADS.join(DiabetesMlp)
    yield
    WORKLOADS.leave(DiabetesMlp)


def test_squared_errors_by_hand():
    """Outputs 1 and 4 for targets 2 and 2: (1 + 4) / 2, as loss and as outcome."""

    class Fixed(torch.nn.Module):
        def forward(self, inputs):
            return inputs

    split = Split(torch.tensor([[1.0], [4.0]]), torch.tensor([[2.0], [2.0]]))
    assert evaluate(Fixed(), split, objective(DiabetesMlp())) == (2.5, 2.5)


@pytest.mark.parametrize("method", METHODS, ids=lambda row: row["name"])
def test_laws_of_workloads_and_methods_hold(method, images_of, monkeypatch):
    laws.test_settings_survive_json(ROW, method)
    laws.test_declared_layers_are_those_of_the_network(ROW)
    laws.test_steps_are_those_planned(ROW, method, images_of, monkeypatch)
    laws.test_same_trial_same_figures(ROW, method, images_of)
    laws.test_measuring_more_or_less_changes_no_weight(ROW, method, images_of)


def test_a_network_learns_more_than_the_mean(embedded_sources: Sources):
    """The data are nearly linear: least squares leave half of the variance (R squared of 0.5)."""
    trial = Trial.model_validate({"workload": "diabetes_mlp", "method": "dense", "seed": 0})
    records = list(run_trial(trial, trial.workload.load(embedded_sources)))
    found = {one.name: one.value for one in records if isinstance(one, Record)}
    assert 0.3 < found["final/test_squared_error"] < 0.75 and found["best/test_squared_error"] < 0.75
    assert not [name for name in found if "accuracy" in name]
    assert found["final/test_squared_error"] == found["final/test_loss"]
