"""A trial's folder, written and read: the only truth about what was done."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from filelock import FileLock, Timeout

from orchestrator.folders import TrialFolder
from workloads.atomic import replacing
from workloads.trial import Record

State = Literal["planned", "running", "completed", "failed", "lost"]


@dataclass(frozen=True)
class Entry:
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
    stages: tuple[str, ...] = ()  # keys of the stages that it used or left


def write_json(path: Path, value: Any) -> None:
    """Replace `path` by the JSON of `value`."""
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(value, indent=1), encoding="utf-8")


class Journal:
    """A trial's records as they come, one line each, safe from the moment they are written."""

    def __init__(self, folder: TrialFolder, offset: int = 0):
        """Go on after `offset` bytes: what an earlier attempt wrote beyond them is removed."""
        folder.result.unlink(missing_ok=True)
        self._file = open(folder.records, "ab", buffering=0)
        self._file.truncate(offset)
        self._file.seek(offset)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    @property
    def offset(self) -> int:
        """Bytes written so far."""
        return self._file.tell()

    def append(self, record: Record) -> None:
        """Stamp and write one record."""
        line = json.dumps({"time": time.time_ns() // 1_000_000, **asdict(record)})
        self._file.write(f"{line}\n".encode())


def entries(folder: TrialFolder) -> Iterator[Entry]:
    """The journal, from its beginning."""
    with open(folder.records, encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            yield Entry(fields.pop("time"), Record(**fields))


def finish(folder: TrialFolder, result: Result) -> None:
    """Say how the trial ended: the last thing that is written."""
    write_json(folder.result, asdict(result))


def result(folder: TrialFolder) -> Result | None:
    """How the trial ended; None where it did not, or where the file is no result."""
    try:
        return Result(**json.loads(folder.result.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def state(folder: TrialFolder) -> State:
    """Derived from what lies there, so that no crash can leave a lie behind."""
    if ended := result(folder):
        return ended.status
    if not folder.lock.exists():
        return "planned"
    try:
        with FileLock(folder.lock, timeout=0):
            return "lost"
    except Timeout:
        return "running"
