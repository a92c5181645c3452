"""Run trials in this process, one after another; the callbacks of every executor."""

from collections.abc import Callable, Sequence
from functools import partial

from orchestrator.execute.last_data import LastData
from orchestrator.execute.readiness import readiness
from orchestrator.execute.worker import Assignment, TrialEnd, carry_out

Began = Callable[[str], None]  # called with the key of a trial that begins
Report = Callable[[TrialEnd], None]
Stop = Callable[[], bool]  # called before a trial begins: True where none may begin any more


def run_inline(assignments: Sequence[Assignment], began: Began, report: Report, stopped: Stop) -> None:
    """Run the trials with the same function as Ray's workers."""
    by_key = {assignment.trial.key: assignment for assignment in assignments}
    ready, last_data = readiness(assignments), LastData()
    while not stopped() and (key := ready.begin()) is not None:
        began(key)
        report(carry_out(by_key[key], partial(ready.reached, key), last_data))
        ready.ended(key)
