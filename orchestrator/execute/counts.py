"""The trials of one sweep by state, and the time that the rest takes."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from orchestrator.execute.assignment import TrialEnd
from orchestrator.plan.planning import Planned
from orchestrator.plan.savings import own_costs


class TrialCounts:
    """The trials of `todo` by state. Safe to read while another thread writes."""

    def __init__(self, todo: Sequence[Planned]):
        self._lock = threading.Lock()
        self._todo = {planned.key: planned for planned in todo}
        self._costs = own_costs(todo)
        self._running: dict[str, Planned] = {}
        self._ended: Counter[str] = Counter()
        self._begun_at: float | None = None
        self._completed = 0.0  # estimated seconds of the completed trials
        self._remaining = sum(
            cost.estimated_seconds for cost in self._costs.values()
        )  # of the trials that have not ended

    def began(self, key: str) -> None:
        """Record the beginning of a trial."""
        with self._lock:
            self._begun_at = self._begun_at or time.monotonic()
            self._running[key] = self._todo[key]

    def ended(self, outcome: TrialEnd) -> int:
        """Record the end of a trial; gives the number of ended trials. One that runs again is planned once more."""
        with self._lock:
            self._running.pop(outcome.key, None)
            if outcome.again:
                return self._ended.total()
            self._ended[outcome.status] += 1
            estimated = self._costs[outcome.key].estimated_seconds
            self._remaining -= estimated
            if outcome.status == "completed":
                self._completed += estimated
            return self._ended.total()

    @property
    def total(self) -> int:
        """The number of trials, ended ones included."""
        return len(self._todo)

    @property
    def running(self) -> tuple[Planned, ...]:
        """The running trials in the order of their beginnings."""
        with self._lock:
            return tuple(self._running.values())

    @property
    def counts(self) -> dict[str, int]:
        """Trials by state; states without trials are left out."""
        with self._lock:
            counts = {"running": len(self._running), **self._ended}
            counts["planned"] = self.total - sum(counts.values())
        order = ("running", "planned", "completed", "failed", "lost")
        return {state: counts[state] for state in order if counts.get(state)}

    @property
    def elapsed(self) -> float:
        """Seconds since the first trial began."""
        with self._lock:
            return time.monotonic() - self._begun_at if self._begun_at else 0.0

    def seconds_left(self, steps: Mapping[str, int]) -> float | None:
        """See `seconds_left`; `steps` are the steps of the running trials so far, by key."""
        under_way = sum(self._under_way(planned, steps.get(planned.key, 0)) for planned in self.running)
        with self._lock:
            completed, remaining = self._completed, self._remaining
        return seconds_left(self.elapsed, completed, under_way, remaining - under_way)

    def _under_way(self, planned: Planned, step: int) -> float:
        """Estimated seconds of a running trial's work so far; steps that another trial has done do not count."""
        cost = self._costs[planned.key]
        steps = max(0, step - (planned.steps - cost.steps))
        return cost.estimated_seconds * min(1.0, steps / max(1, cost.steps))


def seconds_left(elapsed: float, completed: float, under_way: float, remaining: float) -> float | None:
    """The time for the `remaining` work at the pace so far; None before a trial has completed.

    `completed`, `under_way` and `remaining` are estimated seconds of work: of completed trials, of the finished part
    of running ones, and of the rest. One common factor may be wrong in all three.

    >>> seconds_left(elapsed=10, completed=4, under_way=1, remaining=20)
    40.0
    """
    return elapsed * remaining / (completed + under_way) if completed else None
