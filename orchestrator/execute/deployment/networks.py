"""Which of a sweep's networks are measured: those of main runs, each once, of a few seeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.schema import MAIN
from orchestrator.plan.planning import Plan, Planned
from orchestrator.store.folders import SweepFolder, TrialFolder
from orchestrator.store.journal import Result, result


@dataclass(frozen=True)
class FinishedNetwork:
    """The network at the end of a run."""

    planned: Planned
    folder: TrialFolder
    label: str
    network: str  # its key: runs with equal keys have equal networks


def finished_networks(plan: Plan, folder: SweepFolder, seeds: int) -> Iterator[FinishedNetwork]:
    """The networks of completed main runs with the first `seeds` seeds of the sweep, in the order of the plan."""
    chosen = sorted({planned.trial.seed for planned in plan.trials})[:seeds]
    for planned in plan.trials:
        place = folder.trial(planned.key)
        ending: Result | None = result(place) if planned.trial.seed in chosen else None
        if ending is None or ending.status != "completed":
            continue
        for run in planned.runs:
            if run.arm in (None, MAIN) and run.label in ending.runs:
                yield FinishedNetwork(planned, place, run.label, ending.runs[run.label])
