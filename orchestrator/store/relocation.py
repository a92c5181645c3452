"""Repairs MLflow's store in a results folder that was moved or copied: it holds absolute addresses of artifacts."""

import sqlite3
from contextlib import suppress

from dashboards.mlflow_inside import move_artifacts
from orchestrator.store.folders import ResultsFolder


def follow(results: ResultsFolder) -> None:
    """Make the folder's store point to the artifacts in this folder; a no-op if it does already.

    Ignores a store that is damaged or cannot be written: the next step that uses it reports the error.
    """

    def moved(experiment: str, before: str) -> str | None:
        is_local = before.endswith(f"/{results.artifacts.name}/{experiment}")
        address = (results.artifacts / experiment).as_uri()
        return address if is_local and address != before else None

    if results.database.is_file():
        with suppress(sqlite3.Error):
            move_artifacts(str(results.database), moved)
