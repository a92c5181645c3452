"""The little that sending needs to know of a run in the store: MLflow's own object of a run takes about 45 kB."""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import Self

from mlflow.entities import Run

from dashboards import schema

SOURCE = {"mlflow.source.name": "sparsity"}  # the source of a run in MLflow's table
DEPLOY = "deploy/"
BESIDE_TWIN = tuple(name.removesuffix("<layer>") for name in schema.BESIDE_TWIN_METRICS)


@dataclass(frozen=True)
class SentRun:
    """One run as the store has it; times are in milliseconds since 1970."""

    id: str
    name: str  # which a user may have changed
    status: str
    start: int
    end: int | None  # None: not ended, or the store has set it itself
    described: bool  # whether it has the source and the note that an earlier version did not write
    beside_twin: dict[str, float]  # the metrics that compare it with its twin
    deployed: dict[str, float]  # the metrics of its network in other formats

    @classmethod
    def of(cls, run: Run) -> Self:
        """What to keep of MLflow's object."""
        return cls(
            id=run.info.run_id, name=run.info.run_name, status=run.info.status, start=run.info.start_time,
            end=run.info.end_time, described=run.data.tags.keys() >= {schema.NOTE, *SOURCE},
            beside_twin={
                intern(name): value for name, value in run.data.metrics.items() if name.startswith(BESIDE_TWIN)
            },
            deployed={intern(name): value for name, value in run.data.metrics.items() if name.startswith(DEPLOY)},
        )  # fmt: skip
