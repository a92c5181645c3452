"""A trial's files reach the keeper as they grow: in an order in which a lost node does no harm."""

import threading
import time

import pytest

from orchestrator.execute.cluster import mirror
from orchestrator.execute.cluster.keeper import Continuation, Replacement
from orchestrator.execute.cluster.mirror import Mirror
from orchestrator.store.folders import TrialFolder


@pytest.fixture
def folder(tmp_path):
    return TrialFolder(tmp_path)


@pytest.fixture
def written():
    return []


def test_only_what_is_new_is_sent(folder, written):
    one = Mirror(folder, written.extend, {})
    folder.records.write_bytes(b"one\n")
    one.send()
    folder.records.write_bytes(b"one\ntwo\n")
    one.send()
    one.send()
    assert written == [Continuation("records.jsonl", 0, b"one\n"), Continuation("records.jsonl", 4, b"two\n")]


def test_what_the_keeper_gave_is_put_into_the_folder_and_not_sent_back(folder, written):
    Mirror(folder, written.extend, {"records.jsonl": b"one\n", "checkpoint.safetensors": b"weights"}).send()
    assert folder.records.read_bytes() == b"one\n" and folder.checkpoint.read_bytes() == b"weights"
    assert written == []


@pytest.mark.parametrize("after", [b"one\n2\n", b"one\n", b"three\nfour\nfive\n"])
def test_a_journal_that_began_differently_is_sent_as_a_whole(folder, written, after):
    """A trial cuts its journal at its checkpoint, and may have written more by the next look."""
    one = Mirror(folder, written.extend, {"records.jsonl": b"one\ntwo\n"})
    folder.records.write_bytes(after)
    one.send()
    assert written == [Continuation("records.jsonl", 0, after)]


def test_the_journal_comes_before_the_checkpoint_and_the_result_last(folder, written):
    one = Mirror(folder, written.extend, {})
    for path in (folder.result, folder.checkpoint, folder.network("final"), folder.records, folder.lock):
        path.write_bytes(b"1")
    (folder.path / ".trial.json.17.unfinished").write_bytes(b"{")
    one.send()
    assert [update.name for update in written] == [
        "records.jsonl", "checkpoint.safetensors", "final.safetensors", "result.json",
    ]  # fmt: skip


def test_a_checkpoint_that_is_gone_is_removed_when_the_result_is_there(folder, written):
    one = Mirror(folder, written.extend, {"checkpoint.safetensors": b"weights"})
    folder.checkpoint.unlink()
    one.send()
    assert written == []
    folder.result.write_bytes(b"{}")
    one.send(last=True)
    assert written == [Replacement("result.json", b"{}"), Replacement("checkpoint.safetensors", None)]


def test_a_file_that_is_replaced_by_one_of_equal_length_is_sent_again(folder, written):
    one = Mirror(folder, written.extend, {})
    for content in (b"1111", b"2222"):
        (folder.path / "unfinished").write_bytes(content)
        (folder.path / "unfinished").replace(folder.checkpoint)
        one.send()
    assert [update.content for update in written] == [b"1111", b"2222"]


def test_what_was_not_taken_is_sent_again(folder, written):
    answers = iter([OSError("no room"), None])

    def write(updates):
        if error := next(answers):
            raise error
        written.extend(updates)

    one = Mirror(folder, write, {})
    folder.records.write_bytes(b"one\n")
    folder.checkpoint.write_bytes(b"weights")
    with pytest.raises(OSError, match="no room"):
        one.send()
    one.send()
    assert written == [Continuation("records.jsonl", 0, b"one\n"), Replacement("checkpoint.safetensors", b"weights")]


def test_files_are_sent_while_they_grow_and_the_rest_at_the_end(folder, monkeypatch):
    monkeypatch.setattr(mirror, "INTERVAL", 0.01)
    came, written = threading.Event(), []

    def write(updates):
        written.append((threading.current_thread().name, updates))
        came.set()

    with Mirror(folder, write, {}).running():
        folder.records.write_bytes(b"one\n")
        assert came.wait(10)
        folder.records.write_bytes(b"one\ntwo\n")
    assert [name for name, _ in written][0] == "mirror"
    assert b"".join(update.content for _, updates in written for update in updates) == b"one\ntwo\n"


def test_trouble_on_the_way_is_told_only_if_it_lasts(folder, monkeypatch):
    monkeypatch.setattr(mirror, "INTERVAL", 0.01)

    def write(updates):
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        with Mirror(folder, write, {}).running():
            folder.records.write_bytes(b"one\n")
            time.sleep(0.1)
            folder.records.write_bytes(b"one\ntwo\n")  # the trial goes on meanwhile


def test_a_trial_that_breaks_off_sends_nothing_at_the_end(folder, written):
    with pytest.raises(KeyboardInterrupt):
        with Mirror(folder, written.extend, {}).running():
            folder.records.write_bytes(b"one\n")
            raise KeyboardInterrupt
    assert written == []
