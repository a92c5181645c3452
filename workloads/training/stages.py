"""Keys of stages: a network is named by the hash of all that led to it."""

import hashlib
from functools import cache, reduce
from pathlib import Path

import torch

from workloads.pruning.phases import Phase, changing
from workloads.trial import Trial, digest


def root(trial: Trial, device: torch.device) -> str:
    """The key before the first phase: what the figures depend on besides the phases, code and machine included.

    The method's own fields don't enter: two methods with the same phases so far share their networks."""
    settings = {name: value for name, value in trial.settings().items() if name != "method"}
    machine = {
        "torch": torch.__version__,
        "device": device.type,
        "precision": "float32",
        "threads": torch.get_num_threads(),
        "sources": sources_digest(),
    }
    return digest(settings | machine, 64)


def key(root: str, phases: tuple[Phase, ...]) -> str:
    """The key of the network after `phases`; those that change nothing leave no trace in it."""
    return reduce(lambda before, phase: digest([before, phase.model_dump(mode="json")], 64), changing(phases), root)


@cache
def sources_digest() -> str:
    """SHA-256 over the sources of the `workloads` package, so that no change of code goes unnoticed."""
    folder = Path(__file__).parent.parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()
