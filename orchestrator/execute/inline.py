"""Run trials in this process, one after another; the callbacks of every executor."""

from collections.abc import Callable, Sequence
from functools import partial

from orchestrator.execute.assignment import Assignment, Messages, TrialEnd
from orchestrator.execute.last_data import LastData
from orchestrator.execute.readiness import readiness
from orchestrator.execute.worker import carry_out

Began = Callable[[str], None]  # called with the key of a trial that begins
Report = Callable[[TrialEnd], None]
Notice = Callable[[str, str], None]  # called with the key of a trial that runs and words about it
Stop = Callable[[], bool]  # called before a trial begins: True where none may begin any more


def run_inline(assignments: Sequence[Assignment], began: Began, noticed: Notice, report: Report, stopped: Stop) -> None:
    """Run the trials with the same function as Ray's workers."""
    by_key = {assignment.trial.key: assignment for assignment in assignments}
    ready, last_data = readiness(assignments), LastData()
    while not stopped() and (key := ready.begin()) is not None:
        began(key)
        messages = Messages(partial(ready.reached, key), partial(noticed, key))
        report(carry_out(by_key[key], messages, last_data))
        ready.ended(key)
