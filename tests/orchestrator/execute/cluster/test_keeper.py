"""The one process that writes for trials of other nodes: the newest attempt, in order, and nobody else."""

import pytest
from filelock import FileLock

from orchestrator.execute.cluster.keeper import Continuation, Keeper, Replacement, StaleAttempt
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import Result, finish, state
from workloads.data.sources import Sources
from workloads.errors import FolderError


@pytest.fixture
def results(tmp_path):
    return ResultsFolder(tmp_path / "results")


@pytest.fixture
def folder(results):
    return results.sweep("far").trial("0123456789ab")


@pytest.fixture
def keeper(results, tmp_path):
    return Keeper(results.path, Sources(tmp_path / "cache"))


def test_a_trial_that_is_open_runs_and_one_that_is_closed_does_not(keeper, folder):
    assert state(folder) == "planned"
    assert keeper.open(folder.path, "first", anew=False) == {"log.txt": b""}
    assert state(folder) == "running"
    keeper.close(folder.path, "first")
    assert state(folder) == "lost"


def test_updates_are_carried_out_in_their_order(keeper, folder):
    keeper.open(folder.path, "first", anew=False)
    keeper.write(folder.path, "first", [Continuation("records.jsonl", 0, b"one\n"), Replacement("x.json", b"{}")])
    keeper.write(folder.path, "first", [Continuation("records.jsonl", 4, b"two\n"), Replacement("x.json", None)])
    assert folder.records.read_bytes() == b"one\ntwo\n"
    assert not (folder.path / "x.json").exists()


def test_what_an_earlier_attempt_wrote_beyond_the_checkpoint_is_dropped(keeper, folder):
    keeper.open(folder.path, "first", anew=False)
    keeper.write(folder.path, "first", [Continuation("records.jsonl", 0, b"one\ntwo\nthree\n")])
    keeper.write(folder.path, "first", [Continuation("records.jsonl", 4, b"2\n")])
    assert folder.records.read_bytes() == b"one\n2\n"


def test_a_file_that_has_lost_its_end_is_not_continued(keeper, folder):
    keeper.open(folder.path, "first", anew=False)
    keeper.write(folder.path, "first", [Continuation("records.jsonl", 0, b"one\n")])
    with pytest.raises(FolderError, match="lost its end: 4 bytes are left of 9"):
        keeper.write(folder.path, "first", [Continuation("records.jsonl", 9, b"two\n")])
    assert folder.records.read_bytes() == b"one\n"


def test_an_older_attempt_can_neither_write_nor_release_the_trial(keeper, folder):
    keeper.open(folder.path, "first", anew=False)
    keeper.write(folder.path, "first", [Continuation("records.jsonl", 0, b"one\n")])
    assert keeper.open(folder.path, "second", anew=False) == {"records.jsonl": b"one\n", "log.txt": b""}
    with pytest.raises(StaleAttempt, match="0123456789ab"):
        keeper.write(folder.path, "first", [Continuation("records.jsonl", 4, b"two\n")])
    keeper.close(folder.path, "first")
    assert state(folder) == "running" and folder.records.read_bytes() == b"one\n"
    keeper.close(folder.path)  # the driver's word: whoever it is
    assert state(folder) == "lost"
    with pytest.raises(StaleAttempt):
        keeper.write(folder.path, "second", [])


def test_a_trial_that_another_process_holds_is_not_opened(keeper, folder):
    folder.path.mkdir(parents=True)
    with FileLock(folder.lock):  # an orphan of an earlier driver
        assert keeper.open(folder.path, "first", anew=False) is None
    assert keeper.open(folder.path, "first", anew=False) == {"log.txt": b""}


@pytest.mark.parametrize("status, anew, kept", [
    ("completed", False, {"records.jsonl", "checkpoint.safetensors", "result.json", "log.txt"}),
    ("completed", True, {"records.jsonl", "log.txt"}),
    ("failed", False, {"records.jsonl", "checkpoint.safetensors", "log.txt"}),
])  # fmt: skip
def test_an_attempt_goes_on_from_what_is_there(keeper, folder, status, anew, kept):
    folder.path.mkdir(parents=True)
    for path in (folder.records, folder.checkpoint, folder.log, folder.network("final"), folder.cancelled):
        path.write_bytes(b"")
    finish(folder, Result(status, 1.0, {}, {}))
    assert keeper.open(folder.path, "first", anew).keys() == kept
    assert folder.result.exists() == folder.cancelled.exists() == ("result.json" in kept)


def test_stages_and_data_are_handed_out_and_none_is_made_up(keeper, results, tmp_path):
    assert keeper.stage("5e") is None and keeper.data("digits@1.safetensors") is None
    keeper.put_stage("5e", b"weights")
    assert keeper.stage("5e") == results.stage("5e").read_bytes() == b"weights"
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "digits@1.safetensors").write_bytes(b"images")
    assert keeper.data("digits@1.safetensors") == b"images"
