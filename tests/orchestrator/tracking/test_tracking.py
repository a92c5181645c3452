"""MLflow holds the content of the journals, each run once."""

import json
import pickle
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from mlflow import MlflowClient

from dashboards import schema
from orchestrator.execute import sweep
from orchestrator.execute.progress import Progress
from orchestrator.store import beside_twin
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries, result
from orchestrator.tracking import notes
from orchestrator.tracking.runs_view import saved_view
from orchestrator.tracking.sent_run import SentRun
from orchestrator.tracking.tracker import as_params
from tests.orchestrator.sweeps import Lines, options, written


@pytest.fixture(scope="module")
def finished(tmp_path_factory, embedded_sources):
    """A tiny sweep with failed trials: its plan, its options, and a function that runs it again."""
    place = tmp_path_factory.mktemp("tracked")
    spec, planned = written(place, SPEC)
    chosen = options(place / "results", embedded_sources)

    def again(**given):
        heard = Lines()
        sweep.run(spec, planned, options(place / "results", embedded_sources, **given), Progress(heard))
        return heard.lines

    again()
    return planned, chosen, again


SPEC = """
name: tiny
workload: {name: digits_mlp, training: {steps: 40}, measure: {evaluate_every: 20}}
method: static_random
sparsity: [0.5]
grid: {workload.training.lr_schedule: [cosine], workload.training.optimizer.lr: [0.01, 1.0e+30]}
variants: [{}, {workload: {training: {optimizer: sgd}}}]
exclude: [{workload.training.optimizer.name: adam, workload.training.optimizer.lr: 1.0e+30}]
seeds: 1
"""


def runs(uri: str, kind: str = "run") -> list:
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("tiny")
    return list(client.search_runs([experiment.experiment_id], f"tags.`{schema.KIND}` = '{kind}'", max_results=1000))


def curves(uri: str, run) -> set[tuple]:
    client = MlflowClient(uri)
    return {
        (point.key, point.step, point.timestamp, point.value)
        for name in run.data.metrics
        for point in client.get_metric_history(run.info.run_id, name)
    }


def test_each_run_is_a_child_with_its_params_tags_and_status(finished):
    planned, chosen, _ = finished
    (parent,) = runs(chosen.uri, "sweep")
    assert parent.info.status == "FINISHED"
    children = {run.data.tags[schema.TRIAL_KEY]: run for run in runs(chosen.uri)}
    assert set(children) == {one.key for one in planned.trials} and len(planned.trials) == 6
    for one in planned.trials:
        run, folder = children[one.key], chosen.results.sweep("tiny").trial(one.key)
        tags = run.data.tags
        assert tags[schema.PARENT] == parent.info.run_id
        assert (tags[schema.KIND], tags[schema.SWEEP], tags[schema.LABEL]) == ("run", "tiny", "final")
        assert tags[schema.RUN] == f"{one.key}/final" and tags["mlflow.source.name"] == "sparsity"
        assert tags.get(schema.TWIN) == (f"{one.twin}/final" if one.twin else None)
        assert run.data.params == {param.key: param.value for param in as_params(one.trial.settings())}
        ended = result(folder)
        assert tags.get("mlflow.source.git.commit") == (ended.provenance["git"] or {}).get("commit")
        assert run.info.status == {"completed": "FINISHED", "failed": "FAILED"}[ended.status]
        assert tags.get(schema.NETWORK) == ended.runs.get("final")
    assert sorted(run.info.status for run in children.values()).count("FAILED") == 2


def test_what_mlflows_pages_say(finished):
    """The experiment and the parent have the sweep's note; a run's note says how it ended."""
    planned, chosen, _ = finished
    client = MlflowClient(chosen.uri)
    experiment = client.get_experiment_by_name("tiny")
    (parent,) = runs(chosen.uri, "sweep")
    assert experiment.tags[schema.VIEW] == saved_view(planned.trials, experiment.creation_time)
    note = notes.of_sweep(planned, experiment.experiment_id, parent.info.run_id, has_report=False)
    assert experiment.tags[schema.NOTE] == parent.data.tags[schema.NOTE] == note
    assert parent.data.tags["mlflow.source.name"] == "sparsity"
    children = {run.data.tags[schema.TRIAL_KEY]: run for run in runs(chosen.uri)}
    assert parent.info.end_time == max(parent.info.start_time, *(run.info.end_time for run in children.values()))
    for one in planned.trials:
        run = children[one.key]
        assert run.info.run_name == one.trial.name
        note = run.data.tags[schema.NOTE]
        assert ("It failed: the training loss is nan at step 20" in note) == (run.info.status == "FAILED")
        assert ("It ends with a test accuracy of" in note) == (run.info.status == "FINISHED")
        assert (f"runs/{children[one.twin].info.run_id}?" in note) if one.twin else ("twin" not in note)


def test_a_store_of_an_earlier_version_gains_what_is_new(finished):
    """Nothing is sent twice; notes and names by users stay."""
    planned, chosen, again = finished
    client = MlflowClient(chosen.uri)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    (parent,) = runs(chosen.uri, "sweep")
    mine, *others = [run for run in runs(chosen.uri) if run.info.status == "FINISHED"]
    titles = {planned.key: planned.trial.title for planned in planned.trials}
    for run in (parent, *others):
        for name in (schema.NOTE, "mlflow.source.name"):
            client.delete_tag(run.info.run_id, name)
    for run in others:
        client.update_run(run.info.run_id, name=titles[run.data.tags[schema.TRIAL_KEY]])
    client.update_run(mine.info.run_id, name="mine")
    client.set_tag(mine.info.run_id, schema.NOTE, "my words")
    client.set_experiment_tag(experiment, schema.NOTE, "my question")
    client.set_experiment_tag(experiment, schema.VIEW, "an older one")
    figures = {run.info.run_id: curves(chosen.uri, run) for run in (mine, *others)}
    again()
    now = {run.info.run_id: run for run in runs(chosen.uri)}
    assert {name: curves(chosen.uri, now[name]) for name in figures} == figures
    after = now[mine.info.run_id]
    assert (after.info.run_name, after.data.tags[schema.NOTE]) == ("mine", "my words")
    for run in others:
        after = now[run.info.run_id]
        assert (after.info.run_name, after.data.tags) == (run.info.run_name, run.data.tags)
    tags = client.get_experiment(experiment).tags
    assert tags[schema.NOTE] == "my question" and tags[schema.VIEW].startswith('{"name": "Networks')
    (again_parent,) = runs(chosen.uri, "sweep")
    assert again_parent.data.tags == parent.data.tags
    assert again_parent.info.end_time == max(run.info.end_time for run in (again_parent, *now.values()))
    client.set_experiment_tag(experiment, schema.NOTE, "")


def test_every_record_is_there_with_its_time(finished):
    planned, chosen, _ = finished
    for run in runs(chosen.uri):
        folder = chosen.results.sweep("tiny").trial(run.data.tags[schema.TRIAL_KEY])
        journal = {(e.record.name, e.record.step, e.time, e.record.value) for e in entries(folder)}
        beside = beside_twin.read(folder, "final")
        extra = {(name, beside.step, beside.time, value) for name, value in beside.metrics.items()} if beside else set()
        assert curves(chosen.uri, run) == journal | extra and not journal & extra
        if journal:
            assert (run.info.start_time, run.info.end_time) == (min(e[2] for e in journal), max(e[2] for e in journal))


def test_artifacts(finished):
    _, chosen, _ = finished
    client = MlflowClient(chosen.uri)
    (parent,) = runs(chosen.uri, "sweep")
    assert {file.path for file in client.list_artifacts(parent.info.run_id)} >= {schema.PLAN, schema.SPEC}
    plan = json.loads(Path(client.download_artifacts(parent.info.run_id, schema.PLAN)).read_text())
    assert sorted(trial["state"] for trial in plan["trials"]) == ["completed"] * 4 + ["failed"] * 2
    done = next(run for run in runs(chosen.uri) if run.info.status == "FINISHED")
    names = {file.path for file in client.list_artifacts(done.info.run_id)}
    assert names >= {schema.PROVENANCE, "final.safetensors"}
    assert done.info.artifact_uri.startswith(chosen.results.artifacts.as_uri())


def test_the_store_is_in_wal_mode(finished):
    _, chosen, _ = finished
    with sqlite3.connect(chosen.results.path / "mlflow.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_replaying_is_a_no_op_for_what_is_finished(finished):
    _, chosen, again = finished
    before = {run.data.tags[schema.RUN]: (run.info.run_id, curves(chosen.uri, run)) for run in runs(chosen.uri)}
    again()
    after = {run.data.tags[schema.RUN]: (run.info.run_id, curves(chosen.uri, run)) for run in runs(chosen.uri)}
    assert {name: seen for name, (_, seen) in after.items()} == {name: seen for name, (_, seen) in before.items()}
    finished_ids = {run.info.run_id for run in runs(chosen.uri) if run.info.status == "FINISHED"}
    assert finished_ids <= {run_id for run_id, _ in before.values()}


def test_a_lost_store_fails_no_trial_and_sync_catches_up(tmp_path, embedded_sources):
    spec, planned = written(tmp_path)
    heard = Lines()
    blocked = options(tmp_path / "results", embedded_sources, tracking_uri=f"sqlite:///{tmp_path}")  # a folder
    states = sweep.run(spec, planned, blocked, Progress(heard)).states
    assert set(states.values()) == {"completed"}
    (warning,) = [line for line in heard.lines if "MLflow" in line]
    assert "trials go on, `sparsity sync` will catch up" in warning
    assert not sweep.sync(spec, planned, blocked, Progress(heard))
    chosen = options(tmp_path / "results", embedded_sources)
    assert sweep.sync(spec, planned, chosen, Progress(heard))
    assert {run.data.tags[schema.TRIAL_KEY] for run in runs(chosen.uri)} == set(states)


def test_a_lost_store_can_be_built_again_from_the_folders(finished, tmp_path, embedded_sources):
    planned, chosen, _ = finished
    spec, _ = written(tmp_path, SPEC)
    shutil.copytree(chosen.results.sweep("tiny").path, tmp_path / "results" / "tiny")
    moved = options(tmp_path / "results", embedded_sources)
    assert sweep.sync(spec, planned, moved, Progress(Lines()))
    rebuilt = {run.data.tags[schema.RUN]: curves(moved.uri, run) for run in runs(moved.uri)}
    assert rebuilt == {run.data.tags[schema.RUN]: curves(chosen.uri, run) for run in runs(chosen.uri)}


def test_little_is_kept_of_a_run(finished):
    """A sweep keeps this of every run: its metrics and tags are not in it."""
    _, chosen, _ = finished
    for run in runs(chosen.uri):
        kept = SentRun.of(run)
        assert len(pickle.dumps(kept)) < 1_000 < len(pickle.dumps(run))
        assert kept.described and kept.beside_twin.keys() == {name for name in run.data.metrics if "_by_chance" in name}


def test_params_are_text_or_json():
    params = as_params({"a": {"b": [1, "x"]}, "c": 1e-3, "d": "text", "e": True})
    pairs = [(param.key, param.value) for param in params]
    assert pairs == [("a.b", '[1,"x"]'), ("c", "0.001"), ("d", "text"), ("e", "true")]


def test_provenance_says_what_results_come_from(finished):
    planned, chosen, _ = finished
    folder = ResultsFolder(chosen.results.path).sweep("tiny").trial(planned.trials[0].key)
    made_with = json.loads(folder.result.read_text())["provenance"]
    assert made_with["machine"].keys() == {"cpu", "cores", "system"}
    assert made_with["numerics"] == {
        "precision": "float32", "device": "cpu", "threads": 1, "torch": torch.__version__,
        "instructions": torch.backends.cpu.get_cpu_capability(), "kernels": "auto", "numba": version("numba"),
    }  # fmt: skip
    assert len(made_with["data"]["digits@1"]) == 64
    assert {"torch", "ray", "mlflow", "sparsity"} <= set(made_with["packages"])
