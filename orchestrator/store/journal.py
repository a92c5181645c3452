"""A trial's folder, written and read: the only truth about what was done."""

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
from workloads.atomic import replacing
from workloads.errors import JournalError
from workloads.trial import Record

Digested = Literal["masks", "init"]
State = Literal["planned", "running", "completed", "failed", "cancelled", "lost"]


@dataclass(frozen=True)
class JournalEntry:
    """A record and when it was made."""

    time: int  # milliseconds since 1970
    record: Record


@dataclass(frozen=True)
class Result:
    """How a trial ended."""

    status: Literal["completed", "failed"]
    seconds: float  # from taking the trial up to the end, data and looks included
    runs: dict[str, str]  # label -> key of the measured network
    provenance: dict[str, Any]
    error: str | None = None  # one line
    cause: str | None = None  # the error's class
    digests: dict[str, dict[Digested, str]] = field(default_factory=dict)  # label -> of what -> see Measured
    stages: tuple[str, ...] = ()  # keys of the stages that it used or left
    journal: int | None = None  # bytes of the journal; `finish` fills it in


@dataclass
class Found:
    """What a trial leaves besides its records, as it goes: it says how far it came."""

    runs: dict[str, str] = field(default_factory=dict)  # as in Result, and so the others
    digests: dict[str, dict[Digested, str]] = field(default_factory=dict)
    stages: list[str] = field(default_factory=list)  # one may be there more than once


RESULT = TypeAdapter(Result)
LONGEST = 2**16  # bytes at the end of a journal that surely hold its last record
NO_RECORD = (ValueError, TypeError, LookupError, AttributeError)  # what reading a line raises that is none


def write_text(path: Path, text: str) -> None:
    """Replace `path` by the text."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Replace `path` by the JSON of `value`."""
    write_text(path, json.dumps(value, indent=1))


class Journal:
    """A trial's records as they come, one line each, safe from the moment they are written."""

    def __init__(self, folder: TrialFolder, offset: int = 0):
        """Go on after `offset` bytes: what an earlier attempt wrote beyond them is removed."""
        folder.result.unlink(missing_ok=True)
        self._file = open(folder.records, "ab", buffering=0)
        self._file.truncate(offset)
        self._file.seek(offset)
        self._last = max((one.time for one in entries(folder)), default=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    @property
    def offset(self) -> int:
        """Bytes written so far."""
        return self._file.tell()

    def append(self, record: Record) -> None:
        """Stamp and write one record; where the clock was set back, time goes on from the last one all the same.

        Of two figures of one step MLflow takes the later one for the last.
        """
        now = time.time_ns() // 1_000_000
        self._last = now if now >= self._last else self._last + 1
        line = json.dumps({"time": self._last, **asdict(record)})
        unwritten = f"{line}\n".encode()
        while unwritten:  # a disk that is nearly full takes a part, and says so only when asked again
            unwritten = unwritten[self._file.write(unwritten) :]


def entries(folder: TrialFolder) -> Iterator[JournalEntry]:
    """The journal, from its beginning. Raises JournalError at the first line that is no record."""
    with open(folder.records, "rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _entry(line)
            except NO_RECORD:
                raise JournalError(
                    f"{folder.records}:{number} is no record: the file is damaged; remove "
                    f"{folder.path} and run the sweep again, which trains this trial alone"
                ) from None


def _entry(line: bytes) -> JournalEntry:
    fields = json.loads(line)
    return JournalEntry(fields.pop("time"), Record(**fields))


def length(journal: Path) -> int:
    """Bytes of a journal; 0 where there is none."""
    return journal.stat().st_size if journal.exists() else 0


def whole(journal: Path, offset: int) -> bool:
    """Whether the journal has `offset` bytes and nothing but records in them."""
    if length(journal) < offset:
        return False
    with open(journal, "rb") as file:
        lines = file.read(offset).splitlines()
    try:
        return all(map(_entry, lines))
    except NO_RECORD:
        return False


def finish(folder: TrialFolder, result: Result) -> None:
    """Say how the trial ended: the last thing that is written."""
    write_json(folder.result, asdict(replace(result, journal=length(folder.records))))


def forget(folder: TrialFolder) -> None:
    """Let the trial begin anew: from its first step, since without a result it is not done, whenever this is cut short.

    The checkpoint goes first. What else lies there says nothing without a result, and is written over.
    """
    folder.checkpoint.unlink(missing_ok=True)
    folder.result.unlink(missing_ok=True)


def cancel(folder: TrialFolder) -> None:
    """Where the trial has begun and not ended, say that it was asked to stop; else whoever looks finds it lost."""
    if state(folder) in ("running", "lost"):
        with suppress(OSError):  # a full disk: it looks lost then, and goes on all the same
            folder.cancelled.touch()


def begun(folder: TrialFolder) -> int | None:
    """When the journal's first record was made; None where there is none that can be read."""
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
    """How the trial ended; None where it did not, where the file is no result, or not that of this journal."""
    try:
        ended = RESULT.validate_json(folder.result.read_bytes())
    except (OSError, ValueError):
        return None
    return ended if ended.journal in (None, length(folder.records)) else None


def state(folder: TrialFolder) -> State:
    """Derived from what lies there, so that no crash can leave a lie behind."""
    if ended := result(folder):
        return ended.status
    try:
        with open(folder.lock, "rb") as lock:  # only to look, which needs no right to write
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return "planned"
    except BlockingIOError:
        return "running"
    return "cancelled" if folder.cancelled.exists() else "lost"
