"""Reads and writes the files of a trial's folder. The trial's state follows from them alone."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import TypeAdapter

from orchestrator.store.folders import TrialFolder
from workloads.atomic import write_text
from workloads.errors import JournalError
from workloads.trial import Record

Digested = Literal["masks", "init"]
State = Literal["planned", "running", "completed", "failed", "cancelled", "lost"]


@dataclass(frozen=True)
class JournalEntry:
    """A record and its time."""

    time: int  # milliseconds since 1970
    record: Record


@dataclass(frozen=True)
class Result:
    """How a trial ended."""

    status: Literal["completed", "failed"]
    seconds: float  # of the last attempt, with loading and looks
    runs: dict[str, str]  # label -> key of the measured network
    provenance: dict[str, Any]
    error: str | None = None  # one line
    cause: str | None = None  # the error's class
    digests: dict[str, dict[Digested, str]] = field(default_factory=dict)  # label -> tensors -> digest, see Measured
    stages: tuple[str, ...] = ()  # keys of the stages that it read or wrote
    journal: int | None = None  # bytes of the journal; `finish` fills it in


@dataclass
class Found:
    """The parts of a Result that are known while the trial runs; checkpoints save them."""

    runs: dict[str, str] = field(default_factory=dict)  # all fields as in Result
    digests: dict[str, dict[Digested, str]] = field(default_factory=dict)
    stages: list[str] = field(default_factory=list)  # may repeat keys


RESULT = TypeAdapter(Result)
LONGEST = 2**16  # bytes at the end of a journal that surely hold its last record
NO_RECORD = (ValueError, TypeError, LookupError, AttributeError)  # raised by a line that is not a record


def write_json(path: Path, value: Any) -> None:
    """Write `value` to `path` as JSON, atomically."""
    write_text(path, json.dumps(value, indent=1))


class Journal:
    """Appends a trial's records to its journal, one per line, without a buffer."""

    def __init__(self, folder: TrialFolder, offset: int = 0):
        """Continue after `offset` bytes; remove what an earlier attempt wrote after them."""
        folder.result.unlink(missing_ok=True)
        self._file = open(folder.records, "ab", buffering=0)
        self._file.truncate(offset)
        self._file.seek(offset)
        self._last = max((entry.time for entry in entries(folder)), default=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    @property
    def offset(self) -> int:
        """Bytes written so far."""
        return self._file.tell()

    def append(self, record: Record) -> None:
        """Write one record with the current time, or a later one if the clock was set back.

        Time must not decrease: MLflow takes the latest of several values at one step as the last.
        """
        now = time.time_ns() // 1_000_000
        self._last = now if now >= self._last else self._last + 1
        line = json.dumps({"time": self._last, **asdict(record)})
        unwritten = f"{line}\n".encode()
        while unwritten:  # a nearly full disk takes a part; the next write raises
            unwritten = unwritten[self._file.write(unwritten) :]


def entries(folder: TrialFolder) -> Iterator[JournalEntry]:
    """The entries of the journal. Raises JournalError at the first line that is not a record."""
    with open(folder.records, "rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _entry(line)
            except NO_RECORD:
                raise JournalError(
                    f"{folder.records}:{number} is not a record: the file is damaged; remove "
                    f"{folder.path} and run the sweep again, which trains only this trial"
                ) from None


def _entry(line: bytes) -> JournalEntry:
    fields = json.loads(line)
    return JournalEntry(fields.pop("time"), Record(**fields))


def length(journal: Path) -> int:
    """The length of a journal in bytes; 0 if it does not exist."""
    return journal.stat().st_size if journal.exists() else 0


def whole(journal: Path, offset: int) -> bool:
    """Whether the first `offset` bytes of the journal exist and hold only records."""
    if length(journal) < offset:
        return False
    with open(journal, "rb") as file:
        lines = file.read(offset).splitlines()
    try:
        return all(map(_entry, lines))
    except NO_RECORD:
        return False


def finish(folder: TrialFolder, result: Result) -> None:
    """Write how the trial ended: the last write of its process."""
    write_json(folder.result, asdict(replace(result, journal=length(folder.records))))


def forget(folder: TrialFolder) -> None:
    """Make the trial start again from its first step.

    The checkpoint is removed first: else an interruption in between would make the trial resume from it.
    """
    folder.checkpoint.unlink(missing_ok=True)
    folder.result.unlink(missing_ok=True)


def cancel(folder: TrialFolder) -> None:
    """Mark a trial that has started and not ended as cancelled; without the mark it would count as lost."""
    if state(folder) in ("running", "lost"):
        with suppress(OSError):  # on a full disk it counts as lost, and can still resume
            folder.cancelled.touch()


def begun(folder: TrialFolder) -> int | None:
    """The time of the journal's first record; None if there is none, or it is damaged."""
    try:
        with open(folder.records, "rb") as lines:
            return _entry(lines.readline()).time
    except (OSError, *NO_RECORD):
        return None


def newest_time(folder: TrialFolder) -> int | None:
    """When the journal's last record was made; None where there is none that can be read."""
    try:
        with open(folder.records, "rb") as lines:
            lines.seek(-min(length(folder.records), LONGEST), os.SEEK_END)
            return _entry(lines.readlines()[-1]).time
    except (OSError, *NO_RECORD):
        return None


def result(folder: TrialFolder) -> Result | None:
    """How the trial ended; None if it has not, or if the file is damaged or does not belong to this journal."""
    try:
        ending = RESULT.validate_json(folder.result.read_bytes())
    except (OSError, ValueError):
        return None
    return ending if ending.journal in (None, length(folder.records)) else None


def state(folder: TrialFolder) -> State:
    """The state of a trial, derived from its files, so that a crash cannot leave a wrong one."""
    if ending := result(folder):
        return ending.status
    try:
        with open(folder.lock, "rb") as lock:  # to test the lock, reading is enough
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return "planned"
    except BlockingIOError:
        return "running"
    return "cancelled" if folder.cancelled.exists() else "lost"
