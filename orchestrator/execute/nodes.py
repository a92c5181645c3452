"""The resources of the machines, and the number of trials that fit."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.execute.assignment import Assignment
from workloads.errors import ResourceError


@dataclass(frozen=True)
class Node:
    """The resources of one machine."""

    cpus: float
    gpus: float
    id: str = ""  # Ray's
    name: str = ""


def this_node() -> Node:
    """The machine that this process runs on."""
    import torch

    return Node(len(os.sched_getaffinity(0)), torch.cuda.device_count())


def check_fit(assignments: Sequence[Assignment], nodes: Sequence[Node]) -> None:
    """Raise ResourceError where a trial asks for more than any single node has."""
    for cpus, gpus in sorted({(assignment.cpus, assignment.gpus) for assignment in assignments}):
        if not any(cpus <= node.cpus and gpus <= node.gpus for node in nodes):
            resources = "; ".join(sorted({f"{node.cpus:g} CPUs and {node.gpus:g} GPUs" for node in nodes}))
            raise ResourceError(
                f"a trial asks for {cpus} CPUs and {gpus:g} GPUs, but no node has as much "
                f"(there is: {resources}); change resources.cpus and resources.gpus in the spec"
            )


def room(assignments: Sequence[Assignment], nodes: Sequence[Node]) -> int:
    """The largest number of trials at once, if all ask for as little as the smallest.

    A trial begun beyond that only waits for a core, and by then another one may be more urgent.
    """
    cpus = min(assignment.cpus for assignment in assignments)
    gpus = min(assignment.gpus for assignment in assignments)
    return sum(int(min(node.cpus / cpus, round(node.gpus / gpus, 4) if gpus else node.cpus)) for node in nodes)
