"""A finished sweep again: nothing is done, unless anything has changed since."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from mlflow import MlflowClient

from dashboards import schema
from orchestrator.execute import sweep
from orchestrator.execute.progress import Progress
from orchestrator.store.folders import ResultsFolder
from orchestrator.tracking import receipt
from tests.orchestrator.command import environment
from tests.orchestrator.sweeps import TINY, Lines, options, written

VERDICT = "It works."
HEAVY = ("torch", "ray", "mlflow", "pandas", "plotly")


class Finished:
    """A tiny sweep that has ended, with a report of one line."""

    def __init__(self, place, sources):
        self.place, self.sources, self.results = place, sources, ResultsFolder(place / "results")
        self.drawn = 0

    def draw(self) -> str:
        self.drawn += 1
        self.folder.report.write_text(f"{self.drawn}: {VERDICT}")
        self.results.index.write_text("the index")
        return VERDICT

    def again(self, text=TINY, with_report=True, **given) -> bool:
        """Run it once more; whether anything was done."""
        spec, planned = written(self.place, text, "seeds=1")
        before = self.drawn, self.folder.receipt.read_bytes() if self.folder.receipt.exists() else None
        chosen = options(self.place / "results", self.sources, **given)
        end = sweep.run(spec, planned, chosen, Progress(Lines()), self.draw if with_report else None)
        assert set(end.states.values()) == {"completed"}
        assert end.verdict == (VERDICT if with_report else None)
        return (self.drawn, self.folder.receipt.read_bytes()) != before

    @property
    def folder(self):
        return self.results.sweep("tiny")

    @property
    def trial(self):
        return next(self.folder.trial(path.parent.name) for path in sorted(self.folder.path.glob("*/result.json")))

    @property
    def client(self):
        return MlflowClient(self.results.tracking_uri)

    def runs(self) -> list:
        experiment = self.client.get_experiment_by_name("tiny").experiment_id
        return self.client.search_runs([experiment], f"tags.`{schema.KIND}` = 'run' and status = 'FINISHED'")

    def in_store(self, command: str) -> None:
        with closing(sqlite3.connect(self.results.database)) as store, store:
            store.execute(command)


@pytest.fixture(scope="module")
def ended(tmp_path_factory, embedded_sources):
    one = Finished(tmp_path_factory.mktemp("ended"), embedded_sources)
    assert one.again()
    return one


@pytest.fixture
def finished(ended, tmp_path, embedded_sources, monkeypatch):
    """A copy in another place, which the sweep has seen there."""
    monkeypatch.chdir(tmp_path)  # MLflow leaves artifacts of a store elsewhere in the working folder
    shutil.copytree(ended.place, tmp_path, dirs_exist_ok=True)
    one = Finished(tmp_path, embedded_sources)
    one.drawn = ended.drawn
    assert one.again()  # it was moved
    return one


def test_nothing_is_done_where_nothing_has_changed(finished):
    store = finished.results.database.stat().st_mtime_ns
    assert not finished.again() and not finished.again(with_report=False)
    assert finished.results.database.stat().st_mtime_ns == store


def copied(finished) -> None:
    """The store is another file that holds the same."""
    other = finished.place / "other.db"
    shutil.copy(finished.results.database, other)
    os.replace(other, finished.results.database)


def emptied(finished) -> None:
    """The experiment is deleted in MLflow and its name taken by an empty one."""
    experiment = finished.client.get_experiment_by_name("tiny").experiment_id
    finished.client.rename_experiment(experiment, "gone")
    finished.client.create_experiment("tiny")


CHANGES = {
    "a result is written anew": lambda one: one.trial.result.write_bytes(one.trial.result.read_bytes()),
    "weights are gone": lambda one: one.trial.network("final").unlink(),
    "a comparison with a twin is gone": lambda one: next(one.folder.path.glob("*/*.twin.json")).unlink(),
    "a file is there that was not": lambda one: (one.trial.path / "final.txt").write_text("new"),
    "the report is gone": lambda one: one.folder.report.unlink(),
    "the report was drawn by another command": lambda one: one.folder.report.write_text("longer than it was"),
    "the index is gone": lambda one: one.results.index.unlink(),
    "the plan was written anew": lambda one: one.folder.plan.write_bytes(one.folder.plan.read_bytes()),
    "the receipt is damaged": lambda one: one.folder.receipt.write_text('{"digest": "'),
    "a run is deleted": lambda one: one.client.delete_run(one.runs()[0].info.run_id),
    "a run is unfinished": lambda one: one.client.update_run(one.runs()[0].info.run_id, status="RUNNING"),
    "a metric is gone": lambda one: one.in_store("DELETE FROM latest_metrics WHERE key = 'final/test_accuracy'"),
    "a tag is gone": lambda one: one.in_store("DELETE FROM tags WHERE key = 'mlflow.note.content'"),
    "a param is gone": lambda one: one.in_store("DELETE FROM params WHERE key = 'seed'"),
    "the store is another file": copied,
    "the store is emptied": emptied,
    "the store is gone": lambda one: one.results.database.unlink(),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed_and_made_good_once(finished, change):
    change(finished)
    assert finished.again()
    assert {run.data.tags[schema.LABEL] for run in finished.runs()} == {"final"} and len(finished.runs()) == 3
    assert finished.folder.report.read_text() == f"{finished.drawn}: {VERDICT}"
    assert not finished.again()


def test_another_spec_code_or_store_is_noticed(finished, monkeypatch, tmp_path):
    assert finished.again(f"{TINY}notes: tried again\n") and not finished.again(f"{TINY}notes: tried again\n")
    other = f"sqlite:///{tmp_path}/elsewhere.db"
    assert finished.again(tracking_uri=other)
    monkeypatch.setattr(receipt, "CODE", receipt.CODE[:2])
    assert finished.again(tracking_uri=other) and not finished.again(tracking_uri=other)


def test_a_report_that_was_never_drawn_is_drawn(tmp_path, embedded_sources):
    one = Finished(tmp_path, embedded_sources)
    one.again(with_report=False)
    assert one.drawn == 0 and one.folder.receipt.exists()
    assert one.again() and one.drawn == 1


def test_a_store_that_did_not_get_everything_gives_no_receipt(finished, tmp_path):
    records = finished.trial.records
    records.write_bytes(b"x" * records.stat().st_size)  # of the right length, and no journal
    spec, planned = written(finished.place, TINY, "seeds=1")
    elsewhere = options(finished.place / "results", finished.sources, tracking_uri=f"sqlite:///{tmp_path}/new.db")
    heard = Lines()
    sweep.run(spec, planned, elsewhere, Progress(heard))
    assert any("not sent to MLflow" in line for line in heard.lines) and not finished.folder.receipt.exists()


def test_the_command_says_the_same_and_loads_nothing_heavy(tmp_path, embedded_sources):
    (tmp_path / "tiny.yaml").write_text(TINY)
    loaded = f"import atexit, sys; atexit.register(lambda: print([name for name in {HEAVY} if name in sys.modules]))"
    code = f"{loaded}; from orchestrator.cli.main import main; main()"
    command = [sys.executable, "-c", code, "sweep", "tiny.yaml", "--executor", "inline"]
    first, again = (
        subprocess.run(command, cwd=tmp_path, env=environment(embedded_sources.cache), capture_output=True, text=True)
        for _ in range(2)
    )
    assert first.returncode == again.returncode == 0
    path, modules = again.stdout.splitlines()
    assert (path, modules) == (first.stdout.splitlines()[0], "[]")
    assert again.stderr.splitlines()[-1] == first.stderr.splitlines()[-1]  # the verdict
    assert "0 to run" in again.stderr
