"""Writes the results folder for trials that run on other nodes: the only process that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from orchestrator.store.folders import ResultsFolder, TrialFolder
from orchestrator.store.journal import forget, result
from workloads.atomic import replacing
from workloads.data.sources import Sources
from workloads.errors import FolderError


class StaleAttempt(FolderError):
    """Another attempt of the trial has begun since: this one may not write any more."""


@dataclass(frozen=True)
class Replacement:
    """A file of a trial as a whole; None as content removes it."""

    name: str
    content: bytes | None


@dataclass(frozen=True)
class Continuation:
    """The end of a file of a trial, from `offset` bytes on; what the file held after that is dropped."""

    name: str
    offset: int
    content: bytes


Update = Replacement | Continuation


class Keeper:
    """Keeps the trials of other nodes: their files in the results folder, their stages, their data.

    It holds the lock of each trial that is open. Calls come one after another."""

    def __init__(self, results: Path, sources: Sources):
        """`sources`: of the driver, whose cache has the data of every trial."""
        self._results = ResultsFolder(results)
        self._sources = sources
        self._attempts: dict[Path, str] = {}  # the newest of each open trial, by the trial's folder
        self._locks: dict[Path, FileLock] = {}

    def open(self, path: Path, attempt: str, anew: bool) -> dict[str, bytes] | None:
        """Begin an attempt of the trial in the folder `path`; earlier ones can write no more.

        Gives the files that it goes on from, by name; None where another process holds the trial's lock: ask again.
        """
        folder = TrialFolder(path)
        if path not in self._locks:
            path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder.lock)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return None
            self._locks[path] = lock
        self._attempts[path] = attempt
        if anew:
            forget(folder)
        ending = result(folder)
        if ending is None or ending.status != "completed":
            folder.cancelled.unlink(missing_ok=True)
            folder.result.unlink(missing_ok=True)
            folder.log.touch()
        kept = (folder.records, folder.checkpoint, folder.result, folder.log)
        return {file.name: file.read_bytes() for file in kept if file.exists()}

    def write(self, path: Path, attempt: str, updates: Sequence[Update]) -> None:
        """Carry out the updates in their order. Raises StaleAttempt for any attempt but the newest."""
        if self._attempts.get(path) != attempt:
            raise StaleAttempt(f"a newer attempt of {path.name} has begun on another node")
        for update in updates:
            match update:
                case Replacement(name, None):
                    (path / name).unlink(missing_ok=True)
                case Replacement(name, bytes(content)):
                    with replacing(path / name) as unfinished:
                        unfinished.write_bytes(content)
                case Continuation(name, offset, content):
                    _continue(path / name, offset, content)

    def close(self, path: Path, attempt: str | None = None) -> None:
        """End the attempt, any attempt if None, and release the trial."""
        if attempt in (None, self._attempts.get(path)) and (lock := self._locks.pop(path, None)):
            del self._attempts[path]
            lock.release()

    def stage(self, stage: str) -> bytes | None:
        """The stage's file; None if there is none."""
        path = self._results.stage(stage)
        return path.read_bytes() if path.exists() else None

    def put_stage(self, stage: str, content: bytes) -> None:
        """Keep a stage for all trials."""
        with replacing(self._results.stage(stage)) as unfinished:
            unfinished.write_bytes(content)

    def data(self, name: str) -> bytes | None:
        """A file of the driver's data cache; None if there is none."""
        path = self._sources.cache / name
        return path.read_bytes() if path.is_file() else None


def _continue(path: Path, offset: int, content: bytes) -> None:
    """Write `content` after the file's first `offset` bytes. Raises FolderError where it has fewer."""
    with open(path, "ab") as file:
        if file.tell() < offset:
            raise FolderError(f"{path} has lost its end: {file.tell()} bytes are left of {offset}")
        file.truncate(offset)
        file.write(content)
