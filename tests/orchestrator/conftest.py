"""Fixtures of the orchestrator's tests."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from mlflow.store.db import utils as databases
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.tracking._tracking_service import utils
from mlflow.tracking._tracking_service.registry import TrackingStoreRegistry
from sqlalchemy import Engine

from orchestrator.cli import main as cli
from tests.orchestrator.sweeps import TINY
from tests.orchestrator.written import Written
from workloads.data.sources import Sources


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Specs as users write them."""
    return Written(tmp_path)


@pytest.fixture(autouse=True, scope="session")
def tables_are_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """MLflow makes the tables of a SQLite store by fifty migrations, in a second; here each store but the first gets a
    copy of the first one's."""
    make = databases._initialize_tables
    with closing(sqlite3.connect(tmp_path_factory.mktemp("store") / "first.db", check_same_thread=False)) as first:

        def initialize(engine: Engine) -> None:
            if engine.dialect.name != "sqlite":
                make(engine)
                return
            with closing(engine.raw_connection()) as connection:
                if first.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                    make(engine)
                    connection.driver_connection.backup(first)
                else:
                    first.backup(connection.driver_connection)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(databases, "_initialize_tables", initialize)
            yield


def forget_stores() -> None:
    """A command is a process of its own; within one, MLflow remembers places and stores, and keeps their files open."""
    utils._artifact_repos_cache.clear()
    TrackingStoreRegistry._get_store_with_resolved_uri.cache_clear()
    for engine in SqlAlchemyStore._engine_map.values():
        engine.dispose()


@pytest.fixture
def sparsity(tmp_path, embedded_sources: Sources, monkeypatch, capfd):
    """Runs a command in an empty folder that holds tiny.yaml: its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARSITY_DATA", str(embedded_sources.cache))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "tiny.yaml").write_text(TINY)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sparsity", *words])
        capfd.readouterr()
        forget_stores()
        with pytest.raises(SystemExit) as left:
            cli.main()
        told = capfd.readouterr()
        return left.value.code or 0, told.out, told.err

    return command
