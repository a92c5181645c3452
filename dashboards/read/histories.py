"""The curves of many runs, with few queries to the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from dashboards.mlflow_inside import Point, stored_points

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def histories(
    client: MlflowClient, runs: Sequence[Run], metrics: Sequence[str], readers: ThreadPoolExecutor
) -> Iterator[Point]:
    """Every point of the runs' metrics. If a step was stored several times, the latest point comes last."""
    points = stored_points(client, [run.info.run_id for run in runs], metrics)
    return _of_server(client, runs, metrics, readers) if points is None else points


def _of_server(
    client: MlflowClient, runs: Sequence[Run], metrics: Sequence[str], readers: ThreadPoolExecutor
) -> Iterator[Point]:
    pairs = [(run.info.run_id, metric) for run in runs for metric in metrics if metric in run.data.metrics]
    curves = readers.map(lambda pair: client.get_metric_history(*pair), pairs)
    for (run_id, metric), history in zip(pairs, curves, strict=True):
        for point in history:
            yield run_id, metric, point.step, point.value
