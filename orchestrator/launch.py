"""Runs assignments: on Ray Tune, or one after another in this process."""

import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from orchestrator.readiness import Readiness
from orchestrator.trainable import Assignment, Outcome, carry_out
from workloads.errors import ResourceError

Began = Callable[[str], None]  # told the key of a trial that begins
Report = Callable[[Outcome], None]
Stop = Callable[[], bool]  # asked before a trial is begun: True where no more shall begin


@dataclass(frozen=True)
class Node:
    """What one machine has to give."""

    cpus: float
    gpus: float


def this_node() -> Node:
    """The machine that this process runs on."""
    import torch

    return Node(len(os.sched_getaffinity(0)), torch.cuda.device_count())


def check_fit(assignments: Sequence[Assignment], nodes: Sequence[Node]) -> None:
    """Raise ResourceError where a trial asks for more than any single node has."""
    for cpus, gpus in sorted({(one.cpus, one.gpus) for one in assignments}):
        if not any(cpus <= node.cpus and gpus <= node.gpus for node in nodes):
            has = "; ".join(sorted({f"{node.cpus:g} CPUs and {node.gpus:g} GPUs" for node in nodes}))
            raise ResourceError(f"a trial asks for {cpus} CPUs and {gpus:g} GPUs, but no node has as much "
                                f"(there is: {has}); change resources.cpus and resources.gpus in the spec")


def room(assignments: Sequence[Assignment], nodes: Sequence[Node]) -> int:
    """How many trials the nodes hold at once, at most: as many as if all were the least demanding one.

    Those that are begun beyond that would wait for a core, and others may be ready by then that are wanted more.
    """
    cpus, gpus = min(one.cpus for one in assignments), min(one.gpus for one in assignments)
    return sum(int(min(node.cpus / cpus, round(node.gpus / gpus, 4) if gpus else node.cpus)) for node in nodes)


def readiness(assignments: Sequence[Assignment]) -> Readiness:
    """Where a network is one that trials of the same workload and seed have in common."""
    numbers: dict[Hashable, int] = {}
    passed = {}
    for one in assignments:
        networks = [(one.trial.workload, one.trial.seed, cut) for cut in one.cuts]
        passed[one.trial.key] = [numbers.setdefault(network, len(numbers)) for network in networks]
    return Readiness(passed)


def run_inline(assignments: Sequence[Assignment], began: Began, report: Report, stopped: Stop) -> None:
    """One trial after another in this process, by the very function that workers run."""
    by_key = {assignment.trial.key: assignment for assignment in assignments}
    ready = readiness(assignments)
    while not stopped() and (key := ready.begin()) is not None:
        began(key)
        report(carry_out(by_key[key], partial(ready.reached, key)))
        ready.ended(key)
