"""Files with the outcome of a network on each example."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
import torch
from mlflow import MlflowClient
from safetensors import safe_open

from dashboards import schema
from orchestrator.store import examples
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries, result
from tests.orchestrator.sweeps import run_sweep
from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.network.state import State
from workloads.run import run_trial
from workloads.training.evaluation import correct, nats
from workloads.trial import Measured, Record


def read(path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


@pytest.fixture(scope="module")
def finished(tmp_path_factory, embedded_sources):
    place = tmp_path_factory.mktemp("examples")
    return run_sweep(place, embedded_sources)[0], ResultsFolder(place / "results")


def test_every_run_of_a_classifier_keeps_which_test_images_it_got_right(finished):
    planned, results = finished
    for trial in planned.trials:
        folder = results.sweep("tiny").trial(trial.key)
        tensors, facts = read(folder.examples("final"))
        assert facts == {"split": "test", "examples": "300"} and set(result(folder).runs) == {"final"}
        right = np.unpackbits(tensors["correct"], count=300)
        accuracy = {entry.record.name: entry.record.value for entry in entries(folder)}["final/test_accuracy"]
        assert right.mean() == pytest.approx(accuracy, abs=1e-12) and tensors["correct"].nbytes == 38


def test_the_file_is_an_artifact_of_the_run(finished):
    planned, results = finished
    client = MlflowClient(results.tracking_uri)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    runs = client.search_runs([experiment], f"tags.`{schema.KIND}` = 'run'")
    for run in runs:
        artifact = client.download_artifacts(run.info.run_id, f"final{schema.EXAMPLES}")
        folder = results.sweep("tiny").trial(run.data.tags[schema.TRIAL_KEY])
        assert open(artifact, "rb").read() == folder.examples("final").read_bytes()
    assert len(runs) == len(planned.trials)


def test_a_language_model_keeps_its_nats_window_by_window(images_of, tmp_path):
    trial = make(WORKLOAD_ROWS[-1], {"name": "static_random", "sparsity": 0.5})
    data = images_of(trial)
    *events, measured = run_trial(trial, data)
    assert isinstance(measured, Measured)
    ends = {event.name: event.value for event in events if isinstance(event, Record)}
    for held_out, split, name in ((data, data.test, "test"), (replace(data, test=None), data.validation, "val")):
        examples.save(tmp_path / "file", measured.state, held_out)
        tensors, facts = read(tmp_path / "file")
        assert facts == {"split": name, "examples": str(split.count), "characters": str(split.characters)}
        assert tensors["nats"].shape == (split.count,) and tensors["nats"].dtype == np.float32
        bits = tensors["nats"].astype(float).sum() / (log(2) * split.characters)
        assert bits == pytest.approx(ends[f"final/{name}_bits_per_character"], rel=1e-5)


def test_without_held_out_data_there_is_no_file(images_of, tmp_path):
    trial = make(WORKLOAD_ROWS[0], {"name": "dense"})
    state = State.new(trial.workload, 0, torch.device("cpu"))
    examples.save(tmp_path / "file", state, replace(images_of(trial), test=None, validation=None))
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("row", [0, 4, -1])
def test_an_example_has_the_same_outcome_alone(row, images_of):
    """Independent of the other examples, and in eval mode: without dropout and batch statistics."""
    trial = make(WORKLOAD_ROWS[row], {"name": "dense"})
    split, state = images_of(trial).test, State.new(trial.workload, 0, torch.device("cpu"))
    split = replace(split, inputs=split.inputs[-30:], targets=split.targets[-30:])
    state.model.train()
    of = correct if split.characters is None else nats
    alone = torch.cat([of(state.model, replace(split, inputs=split.inputs[[number]], targets=split.targets[[number]]))
                       for number in range(30)])  # fmt: skip
    assert torch.allclose(of(state.model, split).double(), alone.double(), rtol=1e-4) and state.model.training
