"""What a report reads from an MLflow store, whichever way it is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Point = tuple[str, str, int, float]  # id of a run, metric, step, value


class StoreError(Exception):
    """A store cannot be read; the text is the reason."""


@dataclass(frozen=True)
class StoredRun:
    """One MLflow run."""

    id: str
    status: str  # FINISHED, FAILED, RUNNING, SCHEDULED or KILLED
    start_time: int | None  # milliseconds since 1970
    end_time: int | None  # milliseconds since 1970
    artifact_uri: str | None
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]  # the last value of each


class Store(ABC):
    """The experiments and runs of one MLflow store, without the deleted ones."""

    @abstractmethod
    def experiments(self) -> list[str]:
        """Names of all experiments, in no order."""

    @abstractmethod
    def runs(self, experiment: str) -> list[StoredRun]:
        """Runs of the named experiment, in no order; none if there is no such experiment."""

    @abstractmethod
    def points(self, runs: Sequence[StoredRun], metrics: Sequence[str]) -> Iterator[Point]:
        """Every point of the runs' metrics; of a step that was stored several times, the latest point comes last."""
