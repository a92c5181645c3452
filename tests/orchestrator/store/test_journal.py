"""The journal, and the state that follows from a trial's folder."""

import os

import pytest
from filelock import FileLock

from orchestrator.execute.worker import captured
from orchestrator.store.folders import ResultsFolder, TrialFolder
from orchestrator.store.journal import (
    Journal,
    JournalEntry,
    Result,
    cancel,
    entries,
    finish,
    newest_time,
    result,
    state,
)
from workloads.atomic import replacing
from workloads.trial import Record

RECORDS = [Record("final", 5, "val/loss", 0.25), Record("final", 5, "val/accuracy", float("nan"))]


@pytest.fixture
def folder(tmp_path) -> TrialFolder:
    return TrialFolder(tmp_path)


def test_what_is_written_is_read(folder):
    with Journal(folder) as journal:
        journal.append(RECORDS[0])
        (first,) = entries(folder)  # written before the journal is closed
        assert first == JournalEntry(first.time, RECORDS[0])
        assert journal.offset == folder.records.stat().st_size


def test_the_newest_time_is_that_of_the_last_record(folder):
    assert newest_time(folder) is None
    with Journal(folder) as journal:
        for step in range(2_000):  # more than is read
            journal.append(Record("final", step, "val/loss", 0.25))
    assert newest_time(folder) == list(entries(folder))[-1].time
    folder.records.write_text("")
    assert newest_time(folder) is None
    folder.records.write_text('{"time": 7, "label"')
    assert newest_time(folder) is None


def test_a_new_attempt_begins_anew(folder):
    for _ in range(2):
        with Journal(folder) as journal:
            journal.append(RECORDS[0])
        finish(folder, Result("failed", 1.0, {}, {}, "no"))
    assert len(list(entries(folder))) == 1
    with Journal(folder):
        assert result(folder) is None


def test_a_resumed_attempt_goes_on_after_its_checkpoint(folder):
    with Journal(folder) as journal:
        journal.append(RECORDS[0])
        offset = journal.offset
        journal.append(RECORDS[1])
    again = Record("final", 5, "val/accuracy", 0.5)
    with Journal(folder, offset) as journal:
        assert journal.offset == offset
        journal.append(again)
    assert [entry.record for entry in entries(folder)] == [RECORDS[0], again]


def test_states_are_derived(folder):
    cancel(folder)
    assert state(folder) == "planned"  # a trial that has not started
    with FileLock(folder.lock):
        assert state(folder) == "running"
    assert state(folder) == "lost"
    cancel(folder)
    assert state(folder) == "cancelled"
    for status in ("failed", "completed"):
        finish(folder, Result(status, 1.0, {"final": "abc"}, {}))
        assert state(folder) == status


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"status": "completed"}', '{"more": 1}'])
def test_a_damaged_result_is_none(folder, damage):
    folder.result.write_text(damage)
    assert result(folder) is None and state(folder) == "planned"


def test_what_is_printed_goes_to_the_log_from_any_language(folder, capfd):
    with captured(folder.log):
        print("from python")
        os.write(2, b"from C\n")
    print("afterwards")
    assert folder.log.read_text() == "from python\nfrom C\n"
    assert capfd.readouterr().out == "afterwards\n"


def test_replacing_leaves_all_or_nothing(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing(target) as unfinished:
        unfinished.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    "environ, expected",
    [({}, "results"), ({"SPARSITY_RESULTS": ""}, "results"), ({"SPARSITY_RESULTS": "/a/b"}, "/a/b")],
)
def test_where_results_go(environ, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ResultsFolder.chosen(None, environ).path == tmp_path / expected
    assert ResultsFolder.chosen(tmp_path / "c", environ).path == tmp_path / "c"
