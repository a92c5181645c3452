"""A results folder that was moved or copied: MLflow's store knows artifacts by absolute addresses."""

import sqlite3
from contextlib import closing, suppress

from orchestrator.folders import ResultsFolder

PATIENCE = 20  # seconds to wait for other writers


def follow(results: ResultsFolder) -> None:
    """Let the folder's own store find the artifacts where they lie now; changes nothing where it does.

    MLflow itself has no way to say that artifacts have moved. Where the store is damaged or can't be written
    nothing happens here: whoever uses it next finds out, and says so.
    """
    if not results.database.is_file():
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(results.database, timeout=PATIENCE)) as store, store:
        experiments = store.execute("SELECT experiment_id, name, artifact_location FROM experiments").fetchall()
        for experiment, name, before in experiments:
            now = (results.artifacts / name).as_uri()
            if before != now and before.endswith(f"/{results.artifacts.name}/{name}"):
                store.execute(
                    "UPDATE runs SET artifact_uri = ? || substr(artifact_uri, ?) "
                    "WHERE experiment_id = ? AND substr(artifact_uri, 1, ?) = ?",
                    (now, len(before) + 1, experiment, len(before) + 1, f"{before}/"),
                )
                store.execute("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?", (now, experiment))
