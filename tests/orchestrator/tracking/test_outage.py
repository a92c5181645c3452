"""MLflow fails during a sweep: trials continue, and at the end every run is stored once with all its points."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from mlflow import MlflowClient

from dashboards import schema
from orchestrator.execute import sweep
from orchestrator.execute.progress import Progress
from tests.orchestrator.books import journalled, stored
from tests.orchestrator.servers import Server, postgres, postgres_programs
from tests.orchestrator.sweeps import TINY, Lines, options, written

pytestmark = pytest.mark.long


class Events:
    """A stream for progress that keeps its text, and does the next of `acts` each time a trial is done."""

    def __init__(self, *acts: Callable[[], None]):
        self._heard = Lines()
        self._acts = list(acts)

    @property
    def text(self) -> str:
        """All text so far."""
        return "\n".join(self._heard.lines)

    def write(self, text: str) -> None:
        """See io.TextIOBase."""
        self._heard.write(text)
        if ": done in" in text and self._acts:
            self._acts.pop(0)()

    def flush(self) -> None:
        """See io.TextIOBase."""


def nothing() -> None:
    """An act without an effect."""


def swept(place, sources, heard: Events, *overrides: str, **given):
    """Runs a sweep with progress to `heard`: its spec, plan, options and folder."""
    spec, planned = written(place, TINY, *overrides)
    chosen = options(place / "results", sources, **given)
    assert set(sweep.run(spec, planned, chosen, Progress(heard)).states.values()) == {"completed"}
    return spec, planned, chosen, chosen.results.sweep("tiny")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server of MLflow over PostgreSQL."""
    pytest.importorskip("psycopg2", reason="needs psycopg2-binary, which the extra `test` brings")
    if (programs := postgres_programs()) is None:
        pytest.skip("needs PostgreSQL, e.g. Debian's postgresql")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with postgres(programs) as store:
        served = Server(store, tmp_path_factory.mktemp("served"), port)
        served.start()
        yield served
        served.kill()


@pytest.fixture
def impatient(monkeypatch):
    """MLflow's client does not repeat a request, so a short outage is an outage."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def test_a_server_that_comes_back_during_a_sweep_has_all_at_its_end(server, impatient, tmp_path, embedded_sources):
    heard = Events(server.kill, nothing, nothing, server.start)
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, heard, tracking_uri=server.address)
    assert f"MLflow at {server.address} is lost (" in heard.text and heard.text.count(" is lost (") == 1
    assert f"MLflow at {server.address} is back, and has what it missed" in heard.text
    journals = journalled(folder)
    assert len(journals) == 6 and stored(server.address, "tiny") == journals


def test_what_a_server_missed_is_sent_once_by_sync_and_not_again(server, impatient, tmp_path, embedded_sources):
    heard, named = Events(nothing, server.kill), "name=missed"
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, heard, named, tracking_uri=server.address)
    folder = chosen.results.sweep("missed")
    assert "is lost (" in heard.text and "is back" not in heard.text and heard.text.count(": done in") == 6
    assert not sweep.sync(spec, planned, chosen, Progress(Lines()))
    server.start()
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    journals, ids = journalled(folder), names(server.address, "missed")
    assert len(journals) == 6 and stored(server.address, "missed") == journals
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert names(server.address, "missed") == ids


def test_a_locked_database_fails_no_trial(tmp_path, embedded_sources, monkeypatch):
    """Another program holds the write lock from the end of the first trial until after the sweep."""
    monkeypatch.setattr("orchestrator.tracking.store_file.PATIENCE", 1)
    other = []

    def lock() -> None:
        other.append(sqlite3.connect(tmp_path / "results" / "mlflow.db", timeout=60, isolation_level=None))
        other[0].execute("BEGIN IMMEDIATE")

    swept(tmp_path, embedded_sources, Events(), "seeds=1")  # creates the store
    heard = Events(lock)
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, heard)
    with closing(other[0]):
        assert "database is locked); trials go on, `sparsity sync` will catch up. Another program" in heard.text
        assert heard.text.count(": done in") == 3 and not sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert stored(chosen.uri, "tiny") == journalled(folder)


def test_a_run_that_was_made_twice_is_there_once(tmp_path, embedded_sources, monkeypatch):
    """If an answer is lost, MLflow's client repeats the request, and the server makes a second run.

    MLflow gives a few runs at a time: if some were deleted meanwhile, others would be passed over."""
    monkeypatch.setattr("orchestrator.tracking.tracker.PAGE", 2)
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, Events())
    client = MlflowClient(chosen.uri)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    before = names(chosen.uri, "tiny")
    for run in client.search_runs([experiment]):
        client.create_run(experiment, tags={name: run.data.tags[name] for name in IDENTITY & run.data.tags.keys()})
    assert len(names(chosen.uri, "tiny")) == 2 * len(before) == 14
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert stored(chosen.uri, "tiny") == journalled(folder) and len(names(chosen.uri, "tiny")) == 7
    assert {run for run, kind in names(chosen.uri, "tiny") if kind == "run"} <= {run for run, _ in before}


IDENTITY = {schema.KIND, schema.RUN, schema.SWEEP}


def names(uri: str, sweep_name: str) -> set[tuple[str, str]]:
    """MLflow's ids of all runs that are not deleted, and their kinds."""
    client = MlflowClient(uri)
    runs = client.search_runs([client.get_experiment_by_name(sweep_name).experiment_id])
    return {(run.info.run_id, run.data.tags[schema.KIND]) for run in runs}
