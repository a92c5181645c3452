"""The SQLite file of an MLflow store: created atomically, in a mode in which readers do not block the writer."""

import sqlite3
from contextlib import closing
from pathlib import Path

from filelock import FileLock
from mlflow import MlflowClient

from dashboards.mlflow_inside import PATIENCE
from workloads.atomic import replacing


def prepare(uri: str) -> None:
    """Create a SQLite store that is missing, atomically, because MLflow cannot repair a partial one.

    Sets WAL mode, which stays in the file: readers and the writer do not wait for each other.
    Raises sqlite3.Error if the store cannot be written; MLflow's own error would hide the reason.
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
            store.execute(
                f"PRAGMA user_version = {version}"
            )  # a write without effect, which shows whether writing works


def _create(path: Path) -> None:
    _remove_logs(path)  # left by a store that was moved away: SQLite would apply them to the new one
    with replacing(path) as unfinished:
        try:
            MlflowClient(f"sqlite:///{unfinished}").search_experiments()  # creates all tables
        finally:
            _remove_logs(unfinished)


def _remove_logs(path: Path) -> None:
    for kind in ("journal", "wal", "shm"):
        path.with_name(f"{path.name}-{kind}").unlink(missing_ok=True)
