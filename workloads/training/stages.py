"""Stages: cached networks, shared by all trials on the same path. The key is the hash of everything that led there."""

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
    """A store of stages."""

    cuts: frozenset[Passage]  # the passages at which to store a stage

    @abstractmethod
    def get(self, key: str) -> Snapshot | None:
        """The stage; None if it is missing or damaged."""

    @abstractmethod
    def put(self, key: str, snapshot: Snapshot) -> None:
        """Store a stage, unless the key exists already."""


class NoStages(Stages):
    """A store that keeps nothing."""

    cuts = frozenset()

    def get(self, key: str) -> Snapshot | None:
        """See Stages."""
        return None

    def put(self, key: str, snapshot: Snapshot) -> None:
        """See Stages."""


def root(trial: Trial, numerics: Numerics) -> str:
    """The key before the first phase: everything besides the phases that figures depend on, code and machine included.

    The method's fields do not enter, so that methods share networks as far as their phases agree."""
    environment = {"numerics": numerics.model_dump(mode="json", exclude_none=True), "sources": sources_digest()}
    return digest(trial.before_phases() | environment, 64)


def key(root: str, path: NetworkPath) -> str:
    """The key of the network at the end of a path."""
    return digest([root, path.key], 64)


def passage_key(root: str, passage: Passage) -> str:
    """The key of the network at a passage, together with its records since the run began."""
    network = digest([root, passage.network], 64)
    return digest([network, passage.begun], 64) if passage.begun else network


@cache
def sources_digest() -> str:
    """SHA-256 of the sources of the `workloads` package, so that a change of code invalidates all stages."""
    folder = Path(__file__).parent.parent
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        sha.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return sha.hexdigest()
