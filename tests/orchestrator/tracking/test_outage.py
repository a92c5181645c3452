"""MLflow goes away in the middle of a sweep: trials go on, and in the end every run is there once with every point."""

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
    """Progress that is heard, and does something each time that a trial is done: the first of `acts` the first time."""

    def __init__(self, *acts: Callable[[], None]):
        self._heard = Lines()
        self._acts = list(acts)

    @property
    def told(self) -> str:
        """All that was said."""
        return "\n".join(self._heard.lines)

    def write(self, text: str) -> None:
        """A stream's."""
        self._heard.write(text)
        if ": done in" in text and self._acts:
            self._acts.pop(0)()

    def flush(self) -> None:
        """A stream's."""


def nothing() -> None:
    """While a trial goes on."""


def swept(place, sources, heard: Events, *overrides: str, **given):
    """A sweep that is heard; how it was run, and its folder."""
    spec, planned = written(place, TINY, *overrides)
    chosen = options(place / "results", sources, **given)
    assert set(sweep.run(spec, planned, chosen, Progress(heard)).values()) == {"completed"}
    return spec, planned, chosen, chosen.results.sweep("tiny")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """MLflow's server over PostgreSQL, running."""
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
    """MLflow's client asks once: what it would bridge by itself is an outage then."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def test_a_server_that_comes_back_during_a_sweep_has_all_at_its_end(server, impatient, tmp_path, embedded_sources):
    heard = Events(server.kill, nothing, nothing, server.start)
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, heard, tracking_uri=server.address)
    assert f"MLflow at {server.address} is lost (" in heard.told and heard.told.count(" is lost (") == 1
    assert f"MLflow at {server.address} is back, and has what it missed" in heard.told
    journals = journalled(folder)
    assert len(journals) == 6 and stored(server.address, "tiny") == journals


def test_what_a_server_missed_is_sent_once_by_sync_and_not_again(server, impatient, tmp_path, embedded_sources):
    heard, named = Events(nothing, server.kill), "name=missed"
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, heard, named, tracking_uri=server.address)
    folder = chosen.results.sweep("missed")
    assert "is lost (" in heard.told and "is back" not in heard.told and heard.told.count(": done in") == 6
    assert not sweep.sync(spec, planned, chosen, Progress(Lines()))
    server.start()
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    journals, there = journalled(folder), names(server.address, "missed")
    assert len(journals) == 6 and stored(server.address, "missed") == journals
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert names(server.address, "missed") == there


def test_a_locked_database_fails_no_trial(tmp_path, embedded_sources, monkeypatch):
    """Another program writes to it and does not end, from the first trial's end to after the sweep."""
    monkeypatch.setattr("orchestrator.tracking.store_file.PATIENCE", 1)
    other = []

    def lock() -> None:
        other.append(sqlite3.connect(tmp_path / "results" / "mlflow.db", timeout=60, isolation_level=None))
        other[0].execute("BEGIN IMMEDIATE")

    swept(tmp_path, embedded_sources, Events(), "seeds=1")  # so that there is a store
    heard = Events(lock)
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, heard)
    with closing(other[0]):
        assert "database is locked); trials go on, `sparsity sync` will catch up. Another program" in heard.told
        assert heard.told.count(": done in") == 3 and not sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert stored(chosen.uri, "tiny") == journalled(folder)


def test_a_run_that_was_made_twice_is_there_once(tmp_path, embedded_sources):
    """Where an answer is lost on its way MLflow's client asks again, and the server has made two."""
    spec, planned, chosen, folder = swept(tmp_path, embedded_sources, Events())
    client = MlflowClient(chosen.uri)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    before = names(chosen.uri, "tiny")
    for run in client.search_runs([experiment]):
        client.create_run(experiment, tags={name: run.data.tags[name] for name in TOLD & run.data.tags.keys()})
    assert len(names(chosen.uri, "tiny")) == 2 * len(before) == 14
    assert sweep.sync(spec, planned, chosen, Progress(Lines()))
    assert stored(chosen.uri, "tiny") == journalled(folder) and len(names(chosen.uri, "tiny")) == 7
    assert {run for run, kind in names(chosen.uri, "tiny") if kind == "run"} <= {run for run, _ in before}


TOLD = {schema.KIND, schema.RUN, schema.SWEEP}


def names(uri: str, sweep_name: str) -> set[tuple[str, str]]:
    """MLflow's own names for all runs that are not deleted, and what kind they are of."""
    client = MlflowClient(uri)
    found = client.search_runs([client.get_experiment_by_name(sweep_name).experiment_id])
    return {(run.info.run_id, run.data.tags[schema.KIND]) for run in found}
