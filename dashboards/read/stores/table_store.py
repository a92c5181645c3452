"""Reads MLflow's tables with SQLAlchemy. Importing MLflow's client and its own store would take seconds.

MLflow does not promise to keep its tables. So only revisions in KNOWN are read here, on the databases in DATABASES:
those that the tests compare with MLflow's client. Everything else is left to the client.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import nan
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    TableClause,
    column,
    create_engine,
    false,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

from dashboards.mlflow_inside import PATIENCE
from dashboards.read.stores.store import Point, Store, StoredRun, StoreError

KNOWN = (  # revisions of the tables, as `alembic_version` has them
    "dc11669786a5",  # MLflow 3.17
    "f4a9b2c7d1e6",  # MLflow 3.18
)
DATABASES = ("sqlite", "postgresql")
ACTIVE = "active"  # the lifecycle stage of what is not deleted
WORKSPACE = "default"  # where experiments are unless a server has several workspaces
WORKSPACES = "MLFLOW_ENABLE_WORKSPACES"  # the variable that gives the client several workspaces
TOGETHER = 100  # runs in one query for points

REVISION = table("alembic_version", column("version_num"))
EXPERIMENTS = table("experiments", *map(column, ("experiment_id", "name", "lifecycle_stage", "workspace")))
RUNS = table("runs", *map(column, ("run_uuid", "experiment_id", "lifecycle_stage", "status", "start_time", "end_time",
                                   "artifact_uri")))  # fmt: skip
TAGS = table("tags", *map(column, ("run_uuid", "key", "value")))
PARAMS = table("params", *map(column, ("run_uuid", "key", "value")))
LATEST = table("latest_metrics", *map(column, ("run_uuid", "key", "value", "is_nan")))
POINTS = table("metrics", *map(column, ("run_uuid", "key", "value", "is_nan", "step", "timestamp")))
TABLES = (REVISION, EXPERIMENTS, RUNS, TAGS, PARAMS, LATEST, POINTS)


class TableStore(Store):
    """A database whose tables are known."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def experiments(self) -> list[str]:
        """See Store."""
        active = select(EXPERIMENTS.c.name).where(EXPERIMENTS.c.lifecycle_stage == ACTIVE)
        with self._engine.connect() as connection:
            return list(connection.execute(active).scalars())

    def runs(self, experiment: str) -> list[StoredRun]:
        """See Store."""
        # As the client does, this finds active runs of a deleted experiment: those that were restored.
        there = (
            (EXPERIMENTS.c.name == experiment)
            & (RUNS.c.experiment_id == EXPERIMENTS.c.experiment_id)
            & (RUNS.c.lifecycle_stage == ACTIVE)
        )
        columns = (RUNS.c.run_uuid, RUNS.c.status, RUNS.c.start_time, RUNS.c.end_time, RUNS.c.artifact_uri)
        with self._engine.connect() as connection:
            # Runs first: a run that is finished by then has all its tags, params and metrics in the later queries.
            rows = connection.execute(select(*columns).where(there)).all()
            tags, params, metrics = (_values(connection, source, there) for source in (TAGS, PARAMS, LATEST))
        return [StoredRun(*row, tags.get(row[0], {}), params.get(row[0], {}), metrics.get(row[0], {})) for row in rows]

    def points(self, runs: Sequence[StoredRun], metrics: Sequence[str]) -> Iterator[Point]:
        """See Store."""
        run, key, step, value, is_nan = columns = POINTS.c["run_uuid", "key", "step", "value", "is_nan"]
        ids = [each.id for each in runs]
        with self._engine.connect() as connection:
            for first in range(0, len(ids), TOGETHER):
                chosen = run.in_(ids[first : first + TOGETHER]) & key.in_(metrics)
                ordered = select(*columns).where(chosen).order_by(key, run, POINTS.c.timestamp, step, value)
                for run_id, metric, at, number, missing in connection.execute(ordered):
                    yield run_id, metric, at, nan if missing else number

    def is_known(self) -> bool:
        """Whether the tables have a known revision and every column read here, and only the default workspace."""
        found = inspect(self._engine).get_multi_columns(filter_names=[source.name for source in TABLES])
        there = {name: {each["name"] for each in columns} for (_, name), columns in found.items()}
        if not all(set(source.c.keys()) <= there.get(source.name, set()) for source in TABLES):
            return False
        elsewhere = select(EXPERIMENTS.c.experiment_id).where(EXPERIMENTS.c.workspace != WORKSPACE).limit(1)
        with self._engine.connect() as connection:
            revisions = connection.execute(select(REVISION.c.version_num)).scalars().all()
            return len(revisions) == 1 and revisions[0] in KNOWN and connection.execute(elsewhere).first() is None


@contextmanager
def connected(uri: str) -> Iterator[TableStore | None]:
    """The database at `uri`; None if only the client can read it. Raises StoreError if it fails, now or later."""
    database = uri.partition(":")[0].partition("+")[0]
    if database not in DATABASES or WORKSPACES in os.environ:
        yield None
        return
    patience = {"timeout": PATIENCE} if database == "sqlite" else {}
    try:
        engine = create_engine(uri, connect_args=patience)
    except (SQLAlchemyError, ImportError) as error:  # a malformed address, or no driver for the database
        raise StoreError(str(error)) from error
    try:
        store = TableStore(engine)
        yield store if store.is_known() else None
    except SQLAlchemyError as error:
        raise StoreError(str(error)) from error
    finally:
        engine.dispose()


def _values(connection: Connection, source: TableClause, there: ColumnElement[bool]) -> dict[str, dict[str, Any]]:
    """The values of tags, params or metrics, by run and key."""
    columns = (source.c.run_uuid, source.c.key, source.c.value, source.c.get("is_nan", false()))
    query = select(*columns).where(source.c.run_uuid == RUNS.c.run_uuid, there).order_by(source.c.key)
    by_run: dict[str, dict[str, Any]] = {}
    for run, key, value, is_nan in connection.execute(query):
        by_run.setdefault(run, {})[key] = nan if is_nan else value
    return by_run
