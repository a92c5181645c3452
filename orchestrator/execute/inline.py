"""Trials in this process, one after another; and what whoever runs trials is told and asks."""

from collections.abc import Callable, Sequence
from functools import partial

from orchestrator.execute.readiness import readiness
from orchestrator.execute.worker import Assignment, TrialEnd, carry_out

Began = Callable[[str], None]  # told the key of a trial that begins
Report = Callable[[TrialEnd], None]
Stop = Callable[[], bool]  # asked before a trial is begun: True where no more shall begin


def run_inline(assignments: Sequence[Assignment], began: Began, report: Report, stopped: Stop) -> None:
    """One trial after another in this process, by the very function that workers run."""
    by_key = {assignment.trial.key: assignment for assignment in assignments}
    ready = readiness(assignments)
    while not stopped() and (key := ready.begin()) is not None:
        began(key)
        report(carry_out(by_key[key], partial(ready.reached, key)))
        ready.ended(key)
