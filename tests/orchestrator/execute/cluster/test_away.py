"""A trial on a node that sees no results folder: its files come to the same as at home, and what is there is used."""

import os

import pytest
from filelock import FileLock

from dashboards.schema import MACHINE_METRICS
from orchestrator.execute.assignment import Assignment, Messages
from orchestrator.execute.cluster import mirror
from orchestrator.execute.cluster.away import carry_out_away
from orchestrator.execute.cluster.keeper import Keeper
from orchestrator.execute.cluster.members import code
from orchestrator.execute.last_data import LastData
from orchestrator.execute.worker import carry_out
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries, result, state
from tests.orchestrator.sweeps import written
from workloads.data.sources import Sources

SPEC = """
name: far
workload: {name: digits_mlp, training: {steps: 60}, measure: {evaluate_every: 20}}
method: {name: one_shot, fine_tune: {steps: 20}}
sparsity: [0.5, 0.9]
seeds: 1
policies: {checkpoint_every: 0.000001}
"""


class InProcess:
    """Stands for Home where no Ray runs; the keeper is a real one."""

    def __init__(self, results: ResultsFolder, sources: Sources):
        self.keeper = Keeper(results.path, sources)
        self.code = code()
        self.calls = []

    def call(self, method, *arguments):
        self.calls.append((method, arguments))
        return getattr(self.keeper, method)(*arguments)


@pytest.fixture
def results(tmp_path):
    return ResultsFolder(tmp_path / "results")


@pytest.fixture
def home(results, embedded_sources):
    return InProcess(results, embedded_sources)


@pytest.fixture
def node(tmp_path, monkeypatch):
    """This process as another node: with a cache and a place for scratch folders of its own."""
    monkeypatch.setenv("SPARSITY_DATA", str(tmp_path / "cache-of-the-node"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    monkeypatch.setattr(mirror, "INTERVAL", 0.01)
    return tmp_path


def assignments(place, results: ResultsFolder, sources: Sources) -> list[Assignment]:
    return [
        Assignment(
            trial=one.trial, folder=results.sweep("far").trial(one.key).path, data_cache=sources.cache,
            data_mirror=None, cpus=1, gpus=0, precision="float32", kernels="auto", stages=results.stages,
            cuts=tuple(one.cuts), checkpoint_every=0.000001, provenance={},
        )
        for one in written(place, SPEC)[1].trials
    ]  # fmt: skip


def quiet() -> Messages:
    return Messages([].append, [].append)


def left_behind(node) -> list:
    """The folders of trials on the node."""
    return list((node / "scratch").glob("*/trial-*"))


def figures(results: ResultsFolder) -> dict:
    found = {}
    for path in results.sweep("far").path.glob("*/result.json"):
        folder = results.sweep("far").trial(path.parent.name)
        records = [one.record for one in entries(folder) if one.record.name not in MACHINE_METRICS]
        found[path.parent.name] = result(folder).runs, result(folder).digests, result(folder).stages, records
    return found


def test_trials_away_leave_what_trials_at_home_leave(node, results, home, embedded_sources):
    near = ResultsFolder(node / "near")
    for one in assignments(node, near, embedded_sources):
        assert carry_out(one, quiet(), LastData()).status == "completed"
    for one in assignments(node, results, embedded_sources):
        end = carry_out_away(one, quiet(), LastData(), home)
        assert end.status == "completed" and end.log == one.folder / "log.txt"
    assert figures(results) == figures(near) and len(figures(near)) == 3
    for sweep, folder in ((near, near.stages), (results, results.stages)):
        assert len(list(folder.iterdir())) == 1, sweep
    files = {path.relative_to(near.path) for path in near.path.rglob("*") if "twin" not in path.name}
    assert {path.relative_to(results.path) for path in results.path.rglob("*")} == files
    assert left_behind(node) == []


def test_a_network_that_another_trial_trained_is_fetched_and_not_trained(node, results, home, embedded_sources):
    dense, *others = assignments(node, results, embedded_sources)
    reached = []
    carry_out_away(dense, Messages(reached.append, [].append), LastData(), home)
    assert reached == [0]
    for one in others:
        home.calls.clear()
        carry_out_away(one, quiet(), LastData(), home)
        assert "put_stage" not in [method for method, _ in home.calls]
    stored = [arguments for method, arguments in home.calls if method == "stage"]
    assert stored and home.keeper.stage(stored[0][0]) is not None


def test_the_driver_has_a_stage_before_anyone_hears_of_it(node, results, home, embedded_sources):
    seen = []
    messages = Messages(lambda number: seen.append(len(list(results.stages.iterdir()))), [].append)
    carry_out_away(assignments(node, results, embedded_sources)[0], messages, LastData(), home)
    assert seen == [1]


def test_data_come_from_the_drivers_cache_once(node, results, home, embedded_sources):
    for one in assignments(node, results, embedded_sources):
        carry_out_away(one, quiet(), LastData(), home)
    assert [arguments for method, arguments in home.calls if method == "data"] == [("digits@1.safetensors",)]
    own = (node / "cache-of-the-node" / "digits@1.safetensors").read_bytes()
    assert own == (embedded_sources.cache / "digits@1.safetensors").read_bytes()


def test_a_completed_trial_is_left_as_it_is(node, results, home, embedded_sources):
    one = assignments(node, results, embedded_sources)[0]
    carry_out_away(one, quiet(), LastData(), home)
    before = {path: path.stat().st_mtime_ns for path in one.folder.iterdir() if path.name != "lock"}
    assert carry_out_away(one, quiet(), LastData(), home).status == "completed"
    assert {path: path.stat().st_mtime_ns for path in one.folder.iterdir() if path.name != "lock"} == before


def test_anew_means_from_the_first_step(node, results, home, embedded_sources):
    one = assignments(node, results, embedded_sources)[0]
    carry_out_away(one, quiet(), LastData(), home)
    before = result(results.sweep("far").trial(one.trial.key))
    for path in results.stages.iterdir():
        path.unlink()
    home.calls.clear()
    carry_out_away(one.model_copy(update={"anew": True}), quiet(), LastData(), home)
    assert "put_stage" in [method for method, _ in home.calls]
    assert result(results.sweep("far").trial(one.trial.key)).runs == before.runs


def test_what_the_keeper_cannot_take_is_a_lost_trial_and_no_failed_one(node, results, home, embedded_sources):
    one = assignments(node, results, embedded_sources)[0]

    def full(path, attempt, updates):
        raise OSError(28, "No space left on device", str(path))

    home.keeper.write = full
    end = carry_out_away(one, quiet(), LastData(), home)
    assert end.status == "lost" and "No space left on device" in end.error and not end.again
    assert end.error.endswith("; the next sweep runs the trial again")
    assert state(results.sweep("far").trial(one.trial.key)) == "lost"


def test_a_node_with_another_code_trains_nothing(node, results, home, embedded_sources):
    home.code = home.code | {"torch": "0.4"}
    one = assignments(node, results, embedded_sources)[0]
    end = carry_out_away(one, quiet(), LastData(), home)
    assert end.status == "lost" and ", not 0.4. Install the same versions on all nodes" in end.error
    assert not one.folder.exists()


def test_a_newer_attempt_ends_the_older_one(node, results, home, embedded_sources):
    one = assignments(node, results, embedded_sources)[0]
    write = home.keeper.write

    def overtaken(path, attempt, updates):
        home.keeper.write = write
        home.keeper.open(path, "a newer one", anew=False)
        write(path, attempt, updates)

    home.keeper.write = overtaken
    end = carry_out_away(one, quiet(), LastData(), home)
    assert end.status == "lost" and "a newer attempt" in end.error
    assert not (one.folder / "result.json").exists()


def test_what_a_killed_process_left_is_removed_and_what_runs_is_not(node, results, home, embedded_sources):
    here = f"sparsity-{os.getuid()}"
    dead, alive = (node / "scratch" / here / name for name in ("trial-dead", "trial-alive"))
    for folder in (dead, alive):
        (folder / ".stages").mkdir(parents=True)
        (folder / "lock").touch()
    with FileLock(alive / "lock"):
        carry_out_away(assignments(node, results, embedded_sources)[0], quiet(), LastData(), home)
        assert left_behind(node) == [alive]
