"""Runs assignments: on Ray Tune, or one after another in this process."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


def run_inline(assignments: Sequence[Assignment], began: Began, report: Report, stopped: Stop) -> None:
    """One trial after another in this process, by the very function that workers run."""
    for assignment in assignments:
        if stopped():
            return
        began(assignment.trial.key)
        report(carry_out(assignment))
