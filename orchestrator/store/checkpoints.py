"""The checkpoint from which an interrupted trial resumes."""

import time
from dataclasses import asdict
from pathlib import Path

from orchestrator.store import snapshots
from orchestrator.store.journal import Found, whole
from workloads.network.snapshot import Snapshot, full_snapshot
from workloads.trial import Checkpoint, ScriptPlace


class Checkpoints:
    """The last checkpoint of one trial."""

    def __init__(self, path: Path, root: str, every: float):
        """`root` identifies trial, code and machine; a checkpoint with another root is ignored. `every`: seconds."""
        self._path = path
        self._root = root
        self._every = every
        self._written = time.monotonic()

    def last(self, journal: Path) -> tuple[tuple[ScriptPlace, Snapshot] | None, int, Found]:
        """Where to resume, the journal's length in bytes at that point, and the partial result.

        None, 0 and an empty result if there is no checkpoint to resume from.
        """
        content = snapshots.read(self._path)
        if content is None:
            return None, 0, Found()
        snapshot, details = content
        if details.get("root") != self._root or "found" not in details or not whole(journal, details["journal"]):
            return None, 0, Found()
        return (ScriptPlace(**details["place"]), snapshot), details["journal"], Found(**details["found"])

    def keep(self, checkpoint: Checkpoint, journal: int, partial: Found) -> None:
        """Write the checkpoint and the partial result if the last one is old enough. `journal`: its length in bytes."""
        if time.monotonic() - self._written < self._every:
            return
        place = {"phase": checkpoint.place.phase, "position": checkpoint.place.position}
        details = {"root": self._root, "place": place, "journal": journal, "found": asdict(partial)}
        snapshots.write(self._path, full_snapshot(checkpoint.state), **details)
        self._written = time.monotonic()

    def clear(self) -> None:
        """Remove the checkpoint: the trial has ended."""
        self._path.unlink(missing_ok=True)
