"""A results folder that was moved or copied: MLflow's store knows artifacts by absolute addresses."""

import sqlite3
from contextlib import suppress

from dashboards.mlflow_inside import move_artifacts
from orchestrator.store.folders import ResultsFolder


def follow(results: ResultsFolder) -> None:
    """Let the folder's own store find the artifacts where they lie now; changes nothing where it does.

    Where the store is damaged or can't be written nothing happens here: whoever uses it next finds out, and says so.
    """

    def moved(experiment: str, before: str) -> str | None:
        ours = before.endswith(f"/{results.artifacts.name}/{experiment}")
        now = (results.artifacts / experiment).as_uri()
        return now if ours and now != before else None

    if results.database.is_file():
        with suppress(sqlite3.Error):
            move_artifacts(str(results.database), moved)
