"""Where an interrupted trial goes on."""

import time
from dataclasses import asdict
from pathlib import Path

from orchestrator.store import snapshots
from orchestrator.store.journal import Found, whole
from workloads.network.snapshot import Snapshot, full_snapshot
from workloads.trial import Checkpoint, ScriptPlace


class Checkpoints:
    """The last checkpoint of one trial, replaced from time to time."""

    def __init__(self, path: Path, root: str, every: float):
        """`root` tells trials, code and machines apart; a checkpoint of another is none. `every` is in seconds."""
        self._path = path
        self._root = root
        self._every = every
        self._kept = time.monotonic()

    def last(self, journal: Path) -> tuple[tuple[ScriptPlace, Snapshot] | None, int, Found]:
        """Where to go on, how many bytes of the journal were written before, and what was found out by then.

        None, 0 and nothing for the beginning.
        """
        kept = snapshots.read(self._path)
        if kept is None:
            return None, 0, Found()
        snapshot, more = kept
        if more.get("root") != self._root or "found" not in more or not whole(journal, more["journal"]):
            return None, 0, Found()
        return (ScriptPlace(**more["place"]), snapshot), more["journal"], Found(**more["found"])

    def keep(self, checkpoint: Checkpoint, journal: int, found: Found) -> None:
        """Write the checkpoint if the last one is old enough; `journal` is the journal's length in bytes."""
        if time.monotonic() - self._kept < self._every:
            return
        place = {"phase": checkpoint.place.phase, "position": checkpoint.place.position}
        more = {"root": self._root, "place": place, "journal": journal, "found": asdict(found)}
        snapshots.write(self._path, full_snapshot(checkpoint.state), **more)
        self._kept = time.monotonic()

    def clear(self) -> None:
        """The trial has come to its end."""
        self._path.unlink(missing_ok=True)
