"""Figures that take two networks."""

import json
import shutil
import subprocess
import sys

import pytest
from mlflow import MlflowClient

from dashboards import schema
from orchestrator.execute import twins
from orchestrator.store import beside_twin
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries, result
from orchestrator.store.networks import load
from tests.orchestrator.command import environment
from tests.orchestrator.sweeps import TINY, run_sweep
from workloads.measure.ranks import ranks, ranks_by_chance
from workloads.randomness import generator

TWO = TINY.replace("[static_random, small_dense]", "[static_random, small_dense, {name: one_shot, dense_steps: 30}]")


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """The plan and the results folder of a finished sweep; tests work on copies."""
    place = tmp_path_factory.mktemp("swept")
    return run_sweep(place, embedded_sources, TWO, "seeds=[1]")[0], place / "results"


@pytest.fixture
def finished(swept, tmp_path):
    planned, results = swept
    shutil.copytree(results, tmp_path / "results")
    return planned, ResultsFolder(tmp_path / "results")


def by_method(planned):
    return {one.trial.method.name: one for one in planned.trials if one.twin}


def test_a_sparse_run_has_the_ranks_of_its_twin_under_random_masks(finished):
    planned, results = finished
    folder, one = results.sweep("tiny"), by_method(planned)["static_random"]
    told = beside_twin.read(folder.trial(one.key), "final")
    last = [entry for entry in entries(folder.trial(one.key))][-1]
    assert (told.step, told.time) == (last.record.step, last.time) == (40, last.time)
    measured = result(folder.trial(one.key)).runs["final"], result(folder.trial(one.twin)).runs["final"]
    assert (told.network, told.twin) == measured
    _, masks = load(folder.trial(one.key).network("final"))
    dense, _ = load(folder.trial(one.twin).network("final"))
    layers = ("hidden.0", "hidden.1", "output")
    assert told.metrics.keys() == {
        f"{kind}_rank_by_chance/{name}" for kind in ("effective", "stable") for name in layers
    }
    assert {schema.pattern(name, set(layers)) for name in told.metrics} == set(schema.BESIDE_TWIN_METRICS)
    whole = ranks({name: dense[f"{name}.weight"] for name in layers})
    for name in layers[:2]:  # half of the weights of a trained layer: less than all, and more than nothing
        assert 0 < told.metrics[f"stable_rank_by_chance/{name}"] != whole[f"stable_rank/{name}"]
    weights = {name: dense[f"{name}.weight"] for name in layers}
    kept = {name: int(masks[name].sum()) for name in layers}
    assert told.metrics == ranks_by_chance(weights, kept, generator(1, "chance_masks"))


def test_a_network_without_zeros_has_none(finished):
    planned, results = finished
    folder = results.sweep("tiny").trial(by_method(planned)["small_dense"].key)
    assert beside_twin.read(folder, "final").metrics == {}


def test_nothing_is_worked_out_twice_and_what_is_run_again_is_compared_again(finished, tmp_path, embedded_sources):
    planned, results = finished
    folder, one = results.sweep("tiny"), by_method(planned)["one_shot"]
    file = folder.trial(one.key).beside_twin("final")
    before, told = file.stat().st_mtime_ns, json.loads(file.read_text())
    assert twins.compare(planned, folder, print) == []
    assert file.stat().st_mtime_ns == before
    file.write_text(json.dumps(told | {"twin": "another network"}))
    assert [each.key for each in twins.compare(planned, folder, print)] == [one.key]
    assert json.loads(file.read_text()) == told
    file.write_text("{")
    assert [each.key for each in twins.compare(planned, folder, print)] == [one.key]


def test_the_process_of_a_trial_works_them_out_where_the_twin_is_measured(finished):
    planned, results = finished
    folder, one = results.sweep("tiny"), by_method(planned)["one_shot"]
    trial, names = folder.trial(one.key), twins.named_twins(one)
    assert names == {"final": f"{one.twin}/final"}
    before = trial.beside_twin("final").read_text()
    trial.beside_twin("final").unlink()
    twin = folder.trial(one.twin).result
    ending = twin.read_bytes()
    twin.unlink()
    twins.compare_trial(trial, names, one.trial.seed)
    assert not trial.beside_twin("final").exists()  # not yet
    twin.write_bytes(ending)
    twins.compare_trial(trial, names, one.trial.seed)
    assert trial.beside_twin("final").read_text() == before
    trial.network("final").write_bytes(b"no network")
    twins.compare_trial(trial, names, one.trial.seed)  # says nothing: `compare` does


@pytest.mark.long
def test_the_driver_of_a_sweep_on_ray_needs_no_torch(tmp_path, embedded_sources):
    (tmp_path / "tiny.yaml").write_text(TWO)
    code = ("import atexit, sys; atexit.register(lambda: print('torch' in sys.modules)); "
            "from orchestrator.cli.main import main; main()")  # fmt: skip
    command = [sys.executable, "-c", code, "sweep", "tiny.yaml", "--max-concurrent", "1"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(embedded_sources.cache), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "False"), done.stderr
    assert list((tmp_path / "results").glob("tiny/*/final.twin.json"))


def test_mlflow_has_them_with_the_runs_last_step_also_where_they_came_late(finished, tmp_path, embedded_sources):
    planned, results = finished
    folder, one = results.sweep("tiny"), by_method(planned)["static_random"]
    told = beside_twin.read(folder.trial(one.key), "final")

    def stored() -> dict[str, list[tuple[int, int, float]]]:
        client = MlflowClient(results.tracking_uri)
        experiment = client.get_experiment_by_name("tiny").experiment_id
        (run,) = client.search_runs([experiment], f"tags.`{schema.RUN}` = '{one.key}/final'")
        points = {name: client.get_metric_history(run.info.run_id, name) for name in told.metrics}
        return {name: [(one.step, one.timestamp, one.value) for one in found] for name, found in points.items()}

    expected = {name: [(told.step, told.time, value)] for name, value in told.metrics.items()}
    assert stored() == expected
    run_sweep(tmp_path, embedded_sources, TWO, "seeds=[1]")  # sends nothing twice
    assert stored() == expected


def test_a_damaged_network_is_said_so_and_stops_nothing(finished):
    planned, results = finished
    folder, one = results.sweep("tiny"), by_method(planned)["static_random"]
    folder.trial(one.key).beside_twin("final").unlink()
    folder.trial(one.key).network("final").write_bytes(b"no network")
    heard: list[str] = []
    assert twins.compare(planned, folder, heard.append) == []
    assert len(heard) == 1 and heard[0].startswith(f"cannot compare {one.key}/final with its twin: ")


def test_many_are_announced(finished, monkeypatch):
    planned, results = finished
    for one in planned.trials:
        results.sweep("tiny").trial(one.key).beside_twin("final").unlink(missing_ok=True)
    monkeypatch.setattr(twins, "MANY", 2)
    heard: list[str] = []
    twins.compare(planned, results.sweep("tiny"), heard.append)
    assert heard == ["comparing 3 networks with their twins"]
