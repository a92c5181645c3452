"""What has become of the trials of one sweep so far, and how long the rest will take."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from orchestrator.execute.worker import TrialEnd
from orchestrator.plan.planning import Planned
from orchestrator.plan.savings import own_costs


class TrialCounts:
    """Trials that are to be run, by what has become of them. Safe to read while another thread writes."""

    def __init__(self, todo: Sequence[Planned]):
        self._lock = threading.Lock()
        self._todo = {one.key: one for one in todo}
        self._own = own_costs(todo)
        self._running: dict[str, Planned] = {}
        self._ended: Counter[str] = Counter()
        self._begun_at: float | None = None
        self._done = 0.0  # estimated seconds of the completed trials
        self._left = sum(own.estimated_seconds for own in self._own.values())  # of those that have not ended

    def began(self, key: str) -> None:
        """A trial has begun."""
        with self._lock:
            self._begun_at = self._begun_at or time.monotonic()
            self._running[key] = self._todo[key]

    def ended(self, outcome: TrialEnd) -> int:
        """A trial has ended; how many have so far. One that is to run again has not: it is planned once more."""
        with self._lock:
            self._running.pop(outcome.key, None)
            if outcome.again:
                return self._ended.total()
            self._ended[outcome.status] += 1
            estimated = self._own[outcome.key].estimated_seconds
            self._left -= estimated
            if outcome.status == "completed":
                self._done += estimated
            return self._ended.total()

    @property
    def total(self) -> int:
        """Trials that are to be run."""
        return len(self._todo)

    @property
    def running(self) -> tuple[Planned, ...]:
        """In the order in which they began."""
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
        """See `seconds_left`; `steps` are those that the running trials have taken, by key."""
        under_way = sum(self._under_way(one, steps.get(one.key, 0)) for one in self.running)
        with self._lock:
            done, left = self._done, self._left
        return seconds_left(self.elapsed, done, under_way, left - under_way)

    def _under_way(self, one: Planned, step: int) -> float:
        """Estimated seconds of what a running trial has done by itself; it may have begun where another came to."""
        own = self._own[one.key]
        taken = max(0, step - (one.steps - own.steps))
        return own.estimated_seconds * min(1.0, taken / max(1, own.steps))


def seconds_left(elapsed: float, done: float, under_way: float, left: float) -> float | None:
    """How long `left` takes at the pace so far; None before a trial has completed: there is nothing to learn from.

    `done`, `under_way` and `left` are estimated seconds of work, wrong by any one factor: of the trials completed, of
    what running ones have behind them, and of all that is still to be done.

    >>> seconds_left(elapsed=10, done=4, under_way=1, left=20)
    40.0
    """
    return elapsed * left / (done + under_way) if done else None
