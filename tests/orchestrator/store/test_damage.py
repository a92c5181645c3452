"""Damaged files of a results folder: a new run replaces them, or an error names them; no traceback, no wrong result."""

import shutil
import time
from itertools import count

import pytest

from orchestrator.execute import worker
from orchestrator.execute.choice import Choice
from orchestrator.store.checkpoints import Checkpoints
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import Result, entries, finish, result, whole
from tests.orchestrator.books import journalled, stored
from tests.orchestrator.conftest import forget_stores
from tests.orchestrator.execute.test_resume import SPEC, figures, killed_at_step_60
from tests.orchestrator.sweeps import counted, run_sweep
from workloads.errors import JournalError

pytestmark = pytest.mark.long

DAMAGES = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "garbage": lambda content: b"\xff\x00garbage\n" * 50,
    "torn": lambda content: content[:99] + b"\x00" * 99 + content[198:],
    "one bit": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """A results folder with a finished sweep; tests work on copies."""
    place = tmp_path_factory.mktemp("swept")
    planned, _ = run_sweep(place, embedded_sources)
    return planned, place / "results"


@pytest.fixture
def first(swept, tmp_path):
    """The folder of the first trial in a copy of the finished sweep."""
    planned, results = swept
    shutil.copytree(results, tmp_path / "results")
    return ResultsFolder(tmp_path / "results").sweep("tiny").trial(planned.trials[0].key)


@pytest.mark.parametrize("damage", ["empty", "cut", "garbage"])
@pytest.mark.parametrize("name", ["result", "records"])
def test_a_trial_whose_end_is_damaged_runs_again_and_finds_the_same(
    first, swept, tmp_path, embedded_sources, name, damage
):
    path = getattr(first, name)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    planned, lines = run_sweep(tmp_path, embedded_sources)
    assert lines[0] == "6 trials planned, 5 done before, 1 to run"
    assert figures(planned, ResultsFolder(tmp_path / "results")) == figures(swept[0], ResultsFolder(swept[1]))


def test_a_damaged_journal_of_the_right_length_is_reported_and_the_others_are_sent(sparsity, first, tmp_path):
    lines = first.records.read_bytes().splitlines(keepends=True)
    lines[2] = b"x" * (len(lines[2]) - 1) + b"\n"
    first.records.write_bytes(b"".join(lines))
    shutil.rmtree(tmp_path / "results" / "artifacts")
    (tmp_path / "results" / "mlflow.db").unlink()
    code, _, err = sparsity("sync", "tiny.yaml")
    assert code == 1
    assert err.endswith(
        f"not sent to MLflow: {first.records}:3 is not a record: the file is damaged; remove {first.path} and run the "
        "sweep again, which trains only this trial\n"
    )
    assert sorted(counted(sparsity("table", "tiny", "--format", "csv")[1])) == ["1", "2", "2"]
    shutil.rmtree(first.path)
    code, _, err = sparsity("sweep", "tiny.yaml", "--executor", "inline")
    assert code == 0 and "6 trials planned, 5 done before, 1 to run" in err


@pytest.mark.parametrize("line", ["", "{}", "5", "[]", "null", '{"time": 1}', '{"time": 1, "more": 2}', "\xff"])
def test_lines_that_are_not_records(first, line):
    good = first.records.read_bytes()
    first.records.write_bytes(good + line.encode("latin-1") + b"\n")
    last = len(good.splitlines()) + 1
    with pytest.raises(JournalError, match=rf"records.jsonl:{last} is not a record"):
        list(entries(first))
    assert whole(first.records, len(good)) and not whole(first.records, len(good) + len(line) + 1)


@pytest.mark.parametrize(
    "damage", ["[]", '"completed"', '{"status": "completed", "seconds": 1, "runs": [], "provenance": {}}',
               '{"status": "won", "seconds": 1, "runs": {}, "provenance": {}}', "\xff"],
)  # fmt: skip
def test_texts_that_are_not_results(first, damage):
    first.result.write_text(damage, encoding="latin-1")
    assert result(first) is None


def test_an_old_result_without_a_journals_length_counts(first):
    finish(first, Result("completed", 1.0, {"final": "abc"}, {}))
    text = first.result.read_text()
    length = first.records.stat().st_size
    assert f'"journal": {length}' in text and result(first) is not None
    first.result.write_text(text.replace(f'"journal": {length}', '"journal": null'))
    first.records.write_bytes(b"")
    assert result(first) is not None


@pytest.mark.parametrize(
    ("name", "damage"),
    [*(("checkpoint.safetensors", damage) for damage in DAMAGES),
     *(("records.jsonl", damage) for damage in ("empty", "cut", "garbage", "torn"))],
)  # fmt: skip
def test_a_killed_trial_with_a_damaged_file_starts_again(
    tmp_path, embedded_sources, undisturbed, monkeypatch, name, damage
):
    killed_at_step_60(tmp_path, embedded_sources, monkeypatch)
    (path,) = (tmp_path / "results").rglob(name)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    resumed = []
    last = Checkpoints.last
    monkeypatch.setattr(Checkpoints, "last", lambda self, journal: resumed.append(last(self, journal)) or resumed[-1])
    planned, _ = run_sweep(tmp_path, embedded_sources, SPEC)
    assert figures(planned, ResultsFolder(tmp_path / "results")) == undisturbed
    assert resumed[0][:2] == (None, 0)


def test_a_results_folder_that_is_removed_while_a_trial_runs(tmp_path, embedded_sources, undisturbed, monkeypatch):
    """No trial counts as done without its journal, and the next sweep starts with an empty folder."""
    results, removed = tmp_path / "results", []
    original = Checkpoints.keep

    def keep(self, checkpoint, journal, found):
        if checkpoint.state.step == 60 and not removed:
            removed.append(results.rename(tmp_path / "removed"))  # renamed first: others may write to it
            shutil.rmtree(tmp_path / "removed", ignore_errors=True)
        original(self, checkpoint, journal, found)

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "keep", keep)
        _, lines = run_sweep(tmp_path, embedded_sources, SPEC)
    (lost,) = [line for line in lines if "LOST" in line]
    assert "records.jsonl was removed or changed while the trial ran; the next sweep runs the trial again" in lost
    forget_stores()
    planned, lines = run_sweep(tmp_path, embedded_sources, SPEC)
    assert lines[0] == "3 trials planned, 2 done before, 1 to run"
    folder = ResultsFolder(results)
    assert figures(planned, folder) == undisturbed
    assert stored(folder.tracking_uri, "tiny") == journalled(folder.sweep("tiny"))


def test_a_clock_that_is_set_back_mixes_up_nothing(tmp_path, embedded_sources, undisturbed, monkeypatch):
    """By an hour after every hundredth record, and before a trial runs again."""
    calls, clock = count(), time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: clock() - next(calls) // 100 * 3_600_000_000_000)
    planned, _ = run_sweep(tmp_path, embedded_sources, SPEC)
    folder = ResultsFolder(tmp_path / "results")
    sweep, key = folder.sweep("tiny"), planned.trials[0].key
    for trial in planned.trials:
        times = [entry.time for entry in entries(sweep.trial(trial.key))]
        assert times == sorted(times)
    assert next(calls) > 300 and figures(planned, folder) == undisturbed
    before = journalled(sweep)
    assert stored(folder.tracking_uri, "tiny") == before
    run_sweep(tmp_path, embedded_sources, SPEC, choice=Choice(force=frozenset([key])))
    after = journalled(sweep)
    assert after != before and stored(folder.tracking_uri, "tiny") == after and figures(planned, folder) == undisturbed


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_stage_is_made_again(tmp_path, embedded_sources, undisturbed, monkeypatch, damage):
    carried = worker.carry_out
    damaged = []

    def carry_out(assignment, messages, last_data):
        outcome = carried(assignment, messages, last_data)
        for stage in assignment.stages.glob("*.safetensors"):
            stage.write_bytes(DAMAGES[damage](stage.read_bytes()))
            damaged.append(stage)
        return outcome

    monkeypatch.setattr("orchestrator.execute.inline.carry_out", carry_out)
    planned, _ = run_sweep(tmp_path, embedded_sources, SPEC)
    results = ResultsFolder(tmp_path / "results")
    assert figures(planned, results) == undisturbed
    assert len(damaged) == 3
    assert len({key for one in planned.trials for key in result(results.sweep("tiny").trial(one.key)).stages}) == 1


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, embedded_sources):
    """The results of the sweep of `SPEC` without damage."""
    place = tmp_path_factory.mktemp("undisturbed")
    planned, _ = run_sweep(place, embedded_sources, SPEC)
    return figures(planned, ResultsFolder(place / "results"))
