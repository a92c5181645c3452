"""The data set of the last trial of a process, kept for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workloads.data.sources import Sources
from workloads.tasks.workload import Workload

if TYPE_CHECKING:
    from workloads.data.splits import DataSet

WITHOUT_EFFECT = {"training", "measure", "hidden"}  # settings of workloads that no data set depends on


class LastData:
    """Trials of a process that need the same data set share it: most trials of a sweep do.

    No trial changes a data set. One is kept, so that two are never in memory at once.
    """

    def __init__(self) -> None:
        self._loaded: tuple[str, Sources] | None = None
        self._data: DataSet | None = None

    def load(self, workload: Workload, sources: Sources) -> DataSet:
        """The data set as tensors on the CPU: the last one, or another that is read now. Raises DataError."""
        asked = workload.model_dump_json(exclude=WITHOUT_EFFECT), sources
        if self._data is None or self._loaded != asked:
            self._loaded = self._data = None
            self._data = workload.load_files(sources)
            self._loaded = asked
        return self._data
