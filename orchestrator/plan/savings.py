"""What the trials of a sweep take together, where a network that several of them pass through is trained once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from workloads.cost.estimate import Cost, cost_of
from workloads.itinerary import Run, runs
from workloads.script.paths import NetworkPath, Passage
from workloads.script.phases import Train

if TYPE_CHECKING:
    from orchestrator.plan.planning import Planned

NOTHING = Cost(0, 0, 0.0)
ENDLESS = 10**13  # seconds: a timedelta cannot hold much more


@dataclass(frozen=True)
class Savings:
    """What is shared, and what it saves."""

    trials: int  # that pass a network which others pass too
    networks: int  # that several trials pass
    steps: int  # optimizer steps that are taken
    steps_alone: int  # that would be taken if every trial trained all by itself
    estimated_seconds: float  # of one core; see cost
    estimated_seconds_alone: float


def savings(trials: Sequence[Planned]) -> Savings:
    """What these trials, and no others, save by sharing."""
    users = Counter(network for planned in trials for network, _ in _passed(planned))
    shared = {network for network, count in users.items() if count > 1}
    own = own_costs(trials).values()
    return Savings(
        trials=sum(any(network in shared for network, _ in _passed(planned)) for planned in trials),
        networks=len(shared),
        steps=sum(cost.steps for cost in own),
        steps_alone=sum(planned.steps for planned in trials),
        estimated_seconds=round(sum(cost.estimated_seconds for cost in own), 3),
        estimated_seconds_alone=round(sum(planned.estimated_seconds for planned in trials), 3),
    )


def sentences(trials: Sequence[Planned]) -> list[str]:
    """A line on what these trials share and what it saves; none where they share nothing."""
    saved = savings(trials)
    if not saved.networks:
        return []
    seconds, alone = (duration(each) for each in (saved.estimated_seconds, saved.estimated_seconds_alone))
    networks = "1 network" if saved.networks == 1 else f"{saved.networks:,} networks"
    return [
        f"{saved.trials:,} trials share {networks}: {saved.steps:,} steps instead of {saved.steps_alone:,}, "
        f"{seconds} instead of {alone}"
    ]


def duration(seconds: float) -> timedelta:
    """Whole seconds, as Python writes them: 1:02:03."""
    return timedelta(seconds=min(round(seconds), ENDLESS))


def own_costs(trials: Sequence[Planned]) -> dict[str, Cost]:
    """By key, what each trial takes if it goes on from the last of its networks that one before it has trained.

    The sum does not depend on the order: all together train every stretch of the way between networks once.
    """
    trained: set[Hashable] = set()
    own = {}
    for planned in trials:
        workload = planned.trial.workload
        took = Cost(planned.steps, planned.training_flops, planned.estimated_seconds)
        for run in runs(planned.trial.phases):
            there = [path for network, cut in _passed(planned) if network in trained and (path := _on(cut, run))]
            reached = max((cost_of(workload, path) for path in there), key=lambda cost: cost.steps, default=None)
            took -= reached - cost_of(workload, run.before) if reached else NOTHING
        own[planned.key] = took
        trained |= {network for network, _ in _passed(planned)}
    return own


def _on(cut: Passage, run: Run) -> NetworkPath | None:
    """The path of a cut that a run passes; None where it does not."""
    for part in run.path.parts if cut.begun == run.begun else ():
        if cut.stop is None and part.key == cut.network:
            return part
        if isinstance(part.phase, Train) and part.before is not None and cut.stop is not None:
            path = (
                part
                if cut.stop == part.phase.stop
                else part.before.then(part.phase.model_copy(update={"stop": cut.stop}), {})
            )
            if path.key == cut.network and cut.stop <= part.phase.stop:
                return path
    return None


def _passed(planned: Planned) -> Iterator[tuple[Hashable, Passage]]:
    """Every network that the trial may share, by what makes it the same for another trial, and its cut."""
    for cut in planned.cuts:
        yield (planned.trial.workload, planned.trial.seed, cut), cut
