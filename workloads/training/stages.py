"""Stages: states after some phases, named by the hash of all that led to them, shared by all who pass through."""

import hashlib
from abc import ABC, abstractmethod
from functools import cache
from pathlib import Path

from workloads.network.snapshot import Snapshot
from workloads.numerics import Numerics
from workloads.script.paths import NetworkPath, Passage
from workloads.settings import digest
from workloads.trial import Trial


class Stages(ABC):
    """Where stages are kept."""

    cuts: frozenset[Passage]  # where a stage is worth keeping

    @abstractmethod
    def get(self, key: str) -> Snapshot | None:
        """The stage, if it is there and whole."""

    @abstractmethod
    def put(self, key: str, snapshot: Snapshot) -> None:
        """Keep a stage; what is there already stays."""


class NoStages(Stages):
    """Keeps nothing."""

    cuts = frozenset()

    def get(self, key: str) -> Snapshot | None:
        """See Stages."""
        return None

    def put(self, key: str, snapshot: Snapshot) -> None:
        """See Stages."""


def root(trial: Trial, numerics: Numerics) -> str:
    """The key before the first phase: what the figures depend on besides the phases, code and machine included.

    The method's own fields don't enter: two methods with the same phases so far share their networks."""
    beside = {"numerics": numerics.model_dump(mode="json", exclude_none=True), "sources": sources_digest()}
    return digest(trial.before_phases() | beside, 64)


def key(root: str, path: NetworkPath) -> str:
    """The key of the network at the end of a path."""
    return digest([root, path.key], 64)


def passage_key(root: str, passage: Passage) -> str:
    """The key of the network at a passage, and of what was recorded there since its run began."""
    network = digest([root, passage.network], 64)
    return digest([network, passage.begun], 64) if passage.begun else network


@cache
def sources_digest() -> str:
    """SHA-256 over the sources of the `workloads` package, so that no change of code goes unnoticed."""
    folder = Path(__file__).parent.parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()
