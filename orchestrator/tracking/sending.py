"""Sends results to MLflow while trials run. It never delays a trial, and its loss never fails one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from orchestrator.plan.planning import Plan, Planned
from orchestrator.store.folders import ResultsFolder, SweepFolder
from orchestrator.tracking.remedies import has_remedy, remedy
from workloads.errors import JournalError

if TYPE_CHECKING:
    from orchestrator.tracking.tracker import Tracker


class Sending:
    """Sends journals to MLflow, one after another, in a thread."""

    def __init__(
        self, plan: Plan, folder: SweepFolder, uri: str, results: ResultsFolder | None, say: Callable[[str], None]
    ):
        self._plan = plan
        self._folder = folder
        self._uri = uri
        self._results = results
        self._say = say
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tracking")
        self._connecting = False
        self._tracker: Tracker | None = None
        self._lost = False  # whether MLflow failed since it was last connected
        self._missed = False  # whether MLflow ever failed, which is reported once
        self._damaged = False
        self._new_trials = 0
        self._unsaid: SimpleQueue[str] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.settle()
            self._submit(self._finish)
        self._thread.shutdown(wait=True, cancel_futures=kind is not None)
        self._say_all()

    def connect(self) -> None:
        """Connect to MLflow, unless that was asked for before. Importing its client takes seconds of a core."""
        if not self._connecting:
            self._connecting = True
            self._submit(self._connect)

    def send(self, planned: Planned) -> None:
        """Queue one trial's runs for sending."""
        self._say_all()
        self.connect()
        self._submit(partial(self._send, planned))

    def send_plan(self) -> Future[None]:
        """Send plan.json as it is now, after all that was to be sent before; tells when that is done."""
        self.connect()
        return self._submit(self._send_plan)

    def settle(self) -> None:
        """Wait until MLflow has what was sent; send everything again if MLflow failed meanwhile."""
        self.connect()
        self._thread.submit(self._catch_up).result()
        self._say_all()

    @property
    def new_trials(self) -> int:
        """How many trials MLflow has got so far that it did not hold before."""
        return self._new_trials

    @property
    def complete(self) -> bool:
        """Whether MLflow has all that was sent so far."""
        return not (self._lost or self._damaged)

    def _connect(self) -> None:
        from orchestrator.tracking.tracker import Tracker

        self._tracker = Tracker(self._uri, self._plan, self._results)
        self._tracker.send_sweep(self._folder, finished=False)

    def _finish(self) -> None:
        if self._tracker is not None:
            self._tracker.send_sweep(self._folder, finished=True)

    def _catch_up(self) -> None:
        """Send everything again if MLflow failed: it may be back."""
        if not self._lost:
            return
        self._lost = False
        self._guarded(self._connect)
        for planned in self._plan.trials:
            self._guarded(partial(self._send, planned))
        if not self._lost:
            self._unsaid.put(f"MLflow at {self._uri} is back, and has what it missed")

    def _send(self, planned: Planned) -> None:
        if self._tracker is not None:
            self._new_trials += self._tracker.send(planned, self._folder.trial(planned.key))

    def _send_plan(self) -> None:
        if self._tracker is not None:
            self._tracker.send_plan(self._folder)

    def _submit(self, work: Callable[[], None]) -> Future[None]:
        return self._thread.submit(self._guarded, work)

    def _guarded(self, work: Callable[[], None]) -> None:
        if self._lost:
            return
        try:
            work()
        except JournalError as error:  # a damaged journal affects one trial
            self._damaged = True
            self._unsaid.put(f"not sent to MLflow: {error}")
        except Exception as error:  # MLflow, its database and its server raise errors of many types
            self._lost = True
            if not self._missed:
                self._unsaid.put(self._loss(error))
            self._missed = True

    def _loss(self, error: Exception) -> str:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        reason = next(filter(has_remedy, lines), lines[0]).partition(". ")[0]  # SQLAlchemy may put other lines first
        text = f"MLflow at {self._uri} is lost ({reason}); trials go on, `sparsity sync` will catch up"
        return f"{text}. {remedy(reason, self._uri)}"

    def _say_all(self) -> None:
        """Report in the caller's thread: while a trial runs in this process, its log takes stdout and stderr."""
        while not self._unsaid.empty():
            self._say(self._unsaid.get())
