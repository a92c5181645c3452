"""What the machines have to give, and how many trials they hold."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.execute.worker import Assignment
from workloads.errors import ResourceError


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
            raise ResourceError(
                f"a trial asks for {cpus} CPUs and {gpus:g} GPUs, but no node has as much "
                f"(there is: {has}); change resources.cpus and resources.gpus in the spec"
            )


def room(assignments: Sequence[Assignment], nodes: Sequence[Node]) -> int:
    """How many trials the nodes hold at once, at most: as many as if all were the least demanding one.

    Those that are begun beyond that would wait for a core, and others may be ready by then that are wanted more.
    """
    cpus, gpus = min(one.cpus for one in assignments), min(one.gpus for one in assignments)
    return sum(int(min(node.cpus / cpus, round(node.gpus / gpus, 4) if gpus else node.cpus)) for node in nodes)
