"""The curves of many runs, in as few questions as the store lets one ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

TOGETHER = 100  # runs that one question to a database is about

Point = tuple[str, str, int, float]  # run_id, metric, step, value


def histories(
    client: MlflowClient, runs: Sequence[Run], metrics: Sequence[str], readers: ThreadPoolExecutor
) -> Iterator[Point]:
    """Every point of the runs' metrics; of one step that was stored more than once, the latest comes last."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from mlflow.tracking import _get_store

    store = _get_store(client.tracking_uri)  # the client's own, which asks run by run
    if isinstance(store, SqlAlchemyStore):
        yield from _of_database(store, [run.info.run_id for run in runs], metrics)
    else:
        yield from _of_server(client, runs, metrics, readers)


def _of_database(store, runs: list[str], metrics: Sequence[str]) -> Iterator[Point]:
    """The store's own bulk question makes three objects of every point, which takes most of a report's time."""
    from mlflow.store.tracking.dbmodels.models import SqlMetric as Stored

    columns = (Stored.run_uuid, Stored.key, Stored.step, Stored.value, Stored.is_nan)
    order = (Stored.key, Stored.run_uuid, Stored.timestamp, Stored.step, Stored.value)
    with store.ManagedSessionMaker() as session:
        for first in range(0, len(runs), TOGETHER):
            wanted = Stored.run_uuid.in_(runs[first : first + TOGETHER]), Stored.key.in_(metrics)
            for run_id, metric, step, value, is_nan in session.query(*columns).filter(*wanted).order_by(*order):
                yield run_id, metric, step, nan if is_nan else value


def _of_server(
    client: MlflowClient, runs: Sequence[Run], metrics: Sequence[str], readers: ThreadPoolExecutor
) -> Iterator[Point]:
    wanted = [(run.info.run_id, metric) for run in runs for metric in metrics if metric in run.data.metrics]
    for (run_id, metric), history in zip(wanted, readers.map(lambda one: client.get_metric_history(*one), wanted)):
        for point in history:
            yield run_id, metric, point.step, point.value
