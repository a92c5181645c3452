"""The cost of a sweep, in which a network that several trials pass through is trained once."""

from __future__ import annotations

from collections import Counter, defaultdict
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

ZERO = Cost(0, 0, 0.0)
ENDLESS = 10**13  # seconds, near the largest timedelta


@dataclass(frozen=True)
class Savings:
    """How much trials share, and what that saves."""

    trials: int  # that share a network
    networks: int  # that several trials pass through
    steps: int  # optimizer steps, with sharing
    steps_alone: int  # optimizer steps if every trial trains by itself
    estimated_seconds: float  # of one core, with sharing; see cost
    estimated_seconds_alone: float


def savings(trials: Sequence[Planned]) -> Savings:
    """What these trials save by sharing with each other."""
    users = Counter(network for planned in trials for network, _ in _networks(planned))
    shared = {network for network, count in users.items() if count > 1}
    costs = own_costs(trials).values()
    return Savings(
        trials=sum(any(network in shared for network, _ in _networks(planned)) for planned in trials),
        networks=len(shared),
        steps=sum(cost.steps for cost in costs),
        steps_alone=sum(planned.steps for planned in trials),
        estimated_seconds=round(sum(cost.estimated_seconds for cost in costs), 3),
        estimated_seconds_alone=round(sum(planned.estimated_seconds for planned in trials), 3),
    )


def sentences(trials: Sequence[Planned]) -> list[str]:
    """A sentence on what these trials share and what that saves; none if they share nothing."""
    totals = savings(trials)
    if not totals.networks:
        return []
    seconds, alone = duration(totals.estimated_seconds), duration(totals.estimated_seconds_alone)
    networks = "1 network" if totals.networks == 1 else f"{totals.networks:,} networks"
    return [
        f"{totals.trials:,} trials share {networks}: {totals.steps:,} steps instead of {totals.steps_alone:,}, "
        f"{seconds} instead of {alone}"
    ]


def duration(seconds: float) -> timedelta:
    """`seconds`, rounded; prints as 1:02:03."""
    return timedelta(seconds=min(round(seconds), ENDLESS))


def own_costs(trials: Sequence[Planned]) -> dict[str, Cost]:
    """The cost of each trial, by key, if it resumes from the furthest network that an earlier trial has trained.

    The sum does not depend on the order of trials: each stretch between two networks is trained once.
    """
    by_seed: dict[int, list[Planned]] = defaultdict(list)
    for planned in trials:
        by_seed[planned.trial.seed].append(planned)
    known: dict[Hashable, list[Cost]] = {}  # different seeds share nothing, so the same configurations cost the same
    costs: dict[str, Cost] = {}
    for group in by_seed.values():
        configurations = tuple((planned.configuration, planned.cuts) for planned in group)
        if configurations not in known:
            known[configurations] = list(_own_costs(group))
        costs |= zip((planned.key for planned in group), known[configurations], strict=True)
    return {planned.key: costs[planned.key] for planned in trials}


def _own_costs(trials: Sequence[Planned]) -> Iterator[Cost]:
    """The same for trials with one seed."""
    trained: set[Hashable] = set()
    for planned in trials:
        workload = planned.trial.workload
        cost = planned.configuration.cost
        for run in runs(planned.trial.phases) if planned.cuts else ():
            paths = [path for network, cut in _networks(planned) if network in trained and (path := _path(cut, run))]
            furthest = max((cost_of(workload, path) for path in paths), key=lambda cost: cost.steps, default=None)
            cost -= furthest - cost_of(workload, run.before) if furthest else ZERO
        yield cost
        trained |= {network for network, _ in _networks(planned)}


def _path(cut: Passage, run: Run) -> NetworkPath | None:
    """The path up to `cut`; None if `run` does not pass it."""
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


def _networks(planned: Planned) -> Iterator[tuple[Hashable, Passage]]:
    """Every network that the trial may share, with its cut. Trials with an equal network share it."""
    for cut in planned.cuts:
        yield (planned.trial.workload, planned.trial.seed, cut), cut
