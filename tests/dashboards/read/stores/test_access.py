"""Which way a store is read, and what a user is told if it cannot be read."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient

from dashboards.errors import ReportError
from dashboards.read.stores import access, table_store
from dashboards.read.stores.client_store import ClientStore
from dashboards.read.stores.table_store import TableStore
from tests.dashboards.made_up import level, write
from tests.test_boundaries import loaded_after

RUNS = level({"name": "static_random", "sparsity": 0.9}, [0.9, 0.8])


@pytest.fixture
def database(tmp_path, empty_store) -> Path:
    """A store with runs at a place that is new to MLflow, which remembers stores."""
    write(tmp_path / "written", empty_store, RUNS)
    path = tmp_path / "results" / "mlflow.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(tmp_path / "written" / "mlflow.db")) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=WAL")
    return path


def way(database: Path) -> type:
    """How a store is read; either way finds its three runs."""
    with access.opened(f"sqlite:///{database}") as store:
        assert len(store.runs("made-up")) == 3
        return type(store)


def changed(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as store, store:
        store.execute(statement)


def test_known_tables_are_read_directly(database):
    assert way(database) is TableStore


def test_unknown_tables_are_left_to_the_client(database, monkeypatch):
    monkeypatch.setattr(table_store, "KNOWN", ("0123456789ab",))
    assert way(database) is ClientStore


def test_the_client_decides_on_tables_of_another_mlflow(database):
    changed(database, "UPDATE alembic_version SET version_num = '0123456789ab'")
    with pytest.raises(ReportError, match=r"cannot be read \(Detected out-of-date .* 0123456789ab.*mlflow db upgrade"):
        way(database)


def test_tables_without_a_revision_are_left_to_the_client(database):
    changed(database, "INSERT INTO alembic_version VALUES ('0123456789ab')")
    with table_store.connected(f"sqlite:///{database}") as store:
        assert store is None
    changed(database, "DROP TABLE alembic_version")
    with table_store.connected(f"sqlite:///{database}") as store:
        assert store is None


def test_tables_that_lack_a_column_are_left_to_the_client(database):
    changed(database, "ALTER TABLE params RENAME COLUMN value TO content")
    with table_store.connected(f"sqlite:///{database}") as store:
        assert store is None


def test_a_client_with_workspaces_is_left_to_itself(database, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENABLE_WORKSPACES", "false")
    assert way(database) is ClientStore


def test_several_workspaces_are_left_to_the_client(database):
    changed(database, "INSERT INTO experiments (experiment_id, name, workspace) VALUES (9, 'made-up', 'team')")
    with pytest.raises(ReportError, match="Cannot disable workspaces"):
        way(database)


def test_a_server_is_read_through_the_client():
    with table_store.connected("http://127.0.0.1:9") as store:
        assert store is None


def test_a_folder_is_read_through_the_client(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = MlflowClient(tmp_path.as_uri())
    client.create_run(client.create_experiment("lone"), tags={"a": "b"})
    for address in (tmp_path.as_uri(), str(tmp_path)):
        with access.opened(address) as store:
            (run,) = store.runs("lone")
            assert type(store) is ClientStore and run.tags["a"] == "b" and "lone" in store.experiments()


def test_a_store_is_read_while_another_program_writes_to_it(database):
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE runs SET status = 'KILLED'")
        with access.opened(f"sqlite:///{database}") as store:
            assert {run.status for run in store.runs("made-up")} == {"FINISHED", "RUNNING"}


def test_a_locked_store_says_so(database, monkeypatch):
    monkeypatch.setattr(table_store, "PATIENCE", 0.2)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ReportError, match="cannot be read .*database is locked"):
            way(database)
    assert way(database) is TableStore


@pytest.mark.parametrize("damage", [b"garbage" * 1000, None], ids=["garbage", "cut"])
def test_a_damaged_store_says_so(database, damage):
    database.write_bytes(damage or database.read_bytes()[:50_000])
    with pytest.raises(ReportError, match=r"cannot be read \(.*\); if it is damaged, move its file away"):
        way(database)


def test_an_empty_database_has_no_runs(tmp_path, empty_store):
    shutil.copy(empty_store, tmp_path / "empty.db")
    with access.opened(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        assert (store.experiments(), store.runs("made-up")) == (["Default"], [])


def test_a_database_that_does_not_answer_is_the_users_matter():
    pytest.importorskip("psycopg2", reason="needs psycopg2-binary, which the extra `test` brings")
    with pytest.raises(ReportError, match="cannot be read .*is its server up"):
        with access.opened("postgresql://nobody@127.0.0.1:9/none"):  # the discard port: nothing listens
            pass


@pytest.mark.parametrize("address", ["postgresql+nonesuch://127.0.0.1/none", "postgresql://[", "sqlite://nonesuch/x"])
def test_an_address_that_nothing_can_read_is_the_users_matter(address):
    with pytest.raises(ReportError, match="cannot be read"):
        with access.opened(address):
            pass


@pytest.mark.parametrize("command", ["table", "report"])
def test_commands_that_read_the_results_folder_import_no_mlflow(command, database):
    words = [command, "made-up", "--results", str(database.parent)]
    code = (
        "from typer.testing import CliRunner\nfrom orchestrator.cli.main import app\n"
        f"assert CliRunner().invoke(app, {words!r}).exit_code == 0"
    )
    heavy = {"mlflow", "alembic", "torch", "ray", "sklearn", "scipy.stats"} | (
        {"plotly"} if command == "table" else set()
    )
    assert not loaded_after(code) & heavy
