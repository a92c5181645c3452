"""The tracker beside the trials: what it does never delays a trial, and losing it never fails one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

from orchestrator.folders import SweepFolder
from orchestrator.plan import Plan, Planned

if TYPE_CHECKING:
    from orchestrator.tracking import Tracker


class Sending:
    """Sends journals to MLflow, one after another, from a thread of its own."""

    def __init__(self, plan: Plan, folder: SweepFolder, uri: str, artifacts: Path | None, say: Callable[[str], None]):
        self._plan = plan
        self._folder = folder
        self._uri = uri
        self._artifacts = artifacts
        self._say = say
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tracking")
        self._tracker: Tracker | None = None
        self._lost = False

    def __enter__(self) -> Self:
        self._submit(self._connect)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._submit(lambda: self._tracker.send_sweep(self._folder, finished=True))
        self._thread.shutdown(wait=True, cancel_futures=kind is not None)

    def send(self, planned: Planned) -> None:
        """Send one trial's runs, some time soon."""
        self._submit(lambda: self._tracker.send(planned, self._folder.trial(planned.key)))

    @property
    def complete(self) -> bool:
        """Whether nothing was lost so far."""
        return not self._lost

    def _connect(self) -> None:
        from orchestrator.tracking import Tracker

        self._tracker = Tracker(self._uri, self._plan.name, self._artifacts)
        self._tracker.send_sweep(self._folder, finished=False)

    def _submit(self, work: Callable[[], None]) -> None:
        self._thread.submit(self._guarded, work)

    def _guarded(self, work: Callable[[], None]) -> None:
        if self._lost:
            return
        try:
            work()
        except Exception as error:  # whatever MLflow, its database or its server raise
            self._lost = True
            reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
            self._say(f"MLflow at {self._uri} is lost ({reason[0]}); trials go on, `sparsity sync` will catch up")
