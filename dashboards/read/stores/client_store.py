"""Reads a store through MLflow's client: servers, folders, and databases whose tables are not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from dashboards.read.stores.store import Point, Store, StoredRun, StoreError

PAGE = 1000  # runs or experiments per request
READERS = 8  # parallel requests: faster with a server, harmless with SQLite


class ClientStore(Store):
    """A store that MLflow's client reads."""

    def __init__(self, client: MlflowClient):
        self._client = client

    def experiments(self) -> list[str]:
        """See Store."""
        return [each.name for each in _all_pages(self._client.search_experiments)]

    def runs(self, experiment: str) -> list[StoredRun]:
        """See Store."""
        there = self._client.get_experiment_by_name(experiment)
        if there is None:
            return []
        return [_stored(run) for run in _all_pages(self._client.search_runs, [there.experiment_id])]

    def points(self, runs: Sequence[StoredRun], metrics: Sequence[str]) -> Iterator[Point]:
        """See Store."""
        pairs = [(run.id, metric) for run in runs for metric in metrics if metric in run.metrics]
        with ThreadPoolExecutor(READERS) as readers:
            curves = readers.map(lambda pair: self._client.get_metric_history(*pair), pairs)
            for (run, metric), history in zip(pairs, curves, strict=True):
                for point in history:
                    yield run, metric, point.step, point.value


@contextmanager
def connected(uri: str) -> Iterator[ClientStore]:
    """The store at `uri`. Raises StoreError if it cannot be read, now or later."""
    try:
        yield ClientStore(MlflowClient(uri))
    except (MlflowException, SQLAlchemyError) as error:
        raise StoreError(str(error)) from error


def _all_pages(search: Callable[..., Any], *what: Any) -> Iterator[Any]:
    """Everything that a search of the client finds."""
    page = search(*what, max_results=PAGE)
    yield from page
    while page.token:
        page = search(*what, max_results=PAGE, page_token=page.token)
        yield from page


def _stored(run: Run) -> StoredRun:
    info, data = run.info, run.data
    return StoredRun(info.run_id, info.status, info.start_time, info.end_time, info.artifact_uri, data.tags,
                     data.params, data.metrics)  # fmt: skip
