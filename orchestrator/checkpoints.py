"""Where an interrupted trial goes on."""

import time
from pathlib import Path

from orchestrator import tensor_files
from orchestrator.journal import whole
from workloads.training.snapshot import Snapshot, taken
from workloads.trial import Checkpoint, Place


class Checkpoints:
    """The last checkpoint of one trial, replaced from time to time."""

    def __init__(self, path: Path, root: str, every: float):
        """`root` tells trials, code and machines apart; a checkpoint of another is none. `every` is in seconds."""
        self._path = path
        self._root = root
        self._every = every
        self._kept = time.monotonic()

    def last(self, journal: Path) -> tuple[tuple[Place, Snapshot] | None, int]:
        """Where to go on, and how many bytes of the journal were written before; None and 0 for the beginning."""
        found = tensor_files.read(self._path)
        if found is None:
            return None, 0
        snapshot, more = found
        if more.get("root") != self._root or not whole(journal, more["journal"]):
            return None, 0
        return (Place(**more["place"]), snapshot), more["journal"]

    def keep(self, checkpoint: Checkpoint, journal: int) -> None:
        """Write the checkpoint if the last one is old enough; `journal` is the journal's length in bytes."""
        if time.monotonic() - self._kept < self._every:
            return
        place = {"phase": checkpoint.place.phase, "position": checkpoint.place.position}
        tensor_files.write(self._path, taken(checkpoint.state), root=self._root, place=place, journal=journal)
        self._kept = time.monotonic()

    def clear(self) -> None:
        """The trial has come to its end."""
        self._path.unlink(missing_ok=True)
