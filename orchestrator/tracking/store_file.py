"""The SQLite file of an MLflow store: made whole or not at all, and fit for readers beside the writer."""

import sqlite3
from contextlib import closing
from pathlib import Path

from filelock import FileLock
from mlflow import MlflowClient

from dashboards.mlflow_inside import PATIENCE
from workloads.atomic import replacing


def prepare(uri: str) -> None:
    """Make a SQLite store that is missing, whole or not at all: a half of one MLflow could never mend.

    Readers and writers of it don't wait for each other in WAL mode, which the file remembers.
    Raises sqlite3.Error where the store cannot be written, with a reason that MLflow would bury.
    """
    if uri.startswith("sqlite:///"):
        path = Path(uri.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock")):
            if not path.exists():
                _create(path)
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as store:
            store.execute("PRAGMA journal_mode=WAL")
            (version,) = store.execute("PRAGMA user_version").fetchone()
            store.execute(f"PRAGMA user_version = {version}")  # a write that changes nothing


def _create(path: Path) -> None:
    _remove_logs(path)  # of a store that was moved away: SQLite would write them into the new one
    with replacing(path) as unfinished:
        try:
            MlflowClient(f"sqlite:///{unfinished}").search_experiments()  # which makes all tables
        finally:
            _remove_logs(unfinished)


def _remove_logs(path: Path) -> None:
    for kind in ("journal", "wal", "shm"):
        path.with_name(f"{path.name}-{kind}").unlink(missing_ok=True)
