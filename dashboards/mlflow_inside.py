"""Internals of MLflow that may change: addresses in its tables, and its saved views. Written for version KNOWN.

`dashboards.read.stores.table_store` also knows tables.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

KNOWN = "3.17"  # the first version with all of this; tests compare other versions with it
PATIENCE = 20  # seconds to wait for other writers to a SQLite file

MENU = "machine_learning"  # the default is another menu, for language models
ROW_COLUMNS = {"attributes.`Run Name`": 340, "runDateAndNestInfo": 120}  # widths of the first columns in pixels


def move_artifacts(database: str, moved: Callable[[str, str], str | None]) -> None:
    """Updates the addresses of moved artifacts in a SQLite store; MLflow has no API for it.

    `moved` takes an experiment's name and the address of its artifacts. It returns the new address, or None if they did
    not move. Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as store, store:
        experiments = store.execute("SELECT experiment_id, name, artifact_location FROM experiments").fetchall()
        for experiment, name, before in experiments:
            if (now := moved(name, before)) is not None:
                store.execute(
                    "UPDATE runs SET artifact_uri = ? || substr(artifact_uri, ?) "
                    "WHERE experiment_id = ? AND substr(artifact_uri, 1, ?) = ?",
                    (now, len(before) + 1, experiment, len(before) + 1, f"{before}/"),
                )
                store.execute("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?", (now, experiment))


def contents(database: Path, experiment: str) -> list[tuple[Any, ...]]:
    """What a SQLite store holds of an experiment: its runs with state, end, and numbers of tags, params and metrics.

    Only reads, and takes milliseconds. Equal lists mean that no run was added, removed, or ended anew in between, and
    none lost what it had. Raises sqlite3.Error where the file is missing, damaged, or no store of MLflow's.
    """
    counts = ", ".join(
        f"(SELECT count(*) FROM {table} WHERE run_uuid = runs.run_uuid)"
        for table in ("tags", "params", "latest_metrics")
    )
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as store:
        return store.execute(
            f"SELECT runs.run_uuid, runs.status, runs.lifecycle_stage, runs.end_time, runs.artifact_uri, {counts} "
            "FROM runs JOIN experiments USING (experiment_id) "
            "WHERE experiments.name = ? AND experiments.lifecycle_stage = 'active' ORDER BY runs.run_uuid",
            (experiment,),
        ).fetchall()


def saved_view(name: str, created: int, search: str, columns: Mapping[str, int], order: str, ascending: bool) -> str:
    """A view of the experiment's runs that match `search`: the value of its tag `mlflow.sharedViewState.<key>`.

    `columns` gives widths in pixels, in the order of the columns. `created` is in milliseconds since 1970.
    """
    widths = {**ROW_COLUMNS, **columns}
    state = {
        "searchFilter": search,
        "orderByKey": order,
        "orderByAsc": ascending,
        "selectedColumns": list(columns),
        "columnOrder": list(widths),
        "columnWidths": widths,
    }
    return json.dumps({"name": name, "createdAt": created, "updatedAt": created, "state": json.dumps(state)})


def view_page(experiment: str, key: str) -> str:
    """The address of a view on MLflow's pages, after the #; `experiment` is an id."""
    return f"/experiments/{experiment}/runs?viewStateShareKey={key}&workflowType={MENU}"


def run_page(experiment: str, run: str, below: str = "") -> str:
    """The address of a run on MLflow's pages, after the #."""
    return f"/experiments/{experiment}/runs/{run}{below}?workflowType={MENU}"
