"""A lock that allows one sweep at a time in a folder, and a file that names its holder."""

import fcntl
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from orchestrator.store.folders import SweepFolder, TrialFolder, make_writable
from orchestrator.store.journal import write_json
from workloads.errors import FolderError


@dataclass(frozen=True)
class Holder:
    """The process that holds the lock."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        return f"`{self.command}`, process {self.pid} on {self.host}, since {self.since}"


HOLDER = TypeAdapter(Holder)


@contextmanager
def held(folder: SweepFolder) -> Iterator[None]:
    """Hold the lock. Raises FolderError, which names the holder, if another sweep holds it.

    The lock ends with its process, even if that is killed. A killed process leaves its file, which has no effect.
    """
    make_writable(folder.path)
    with free(folder) as is_free:
        if not is_free:
            raise FolderError(
                f"another sweep is running in {folder.path}{_who(folder)}; "
                "wait for it, stop it, or choose another --results"
            )
        yield


@contextmanager
def free(folder: SweepFolder) -> Iterator[bool]:
    """Whether nobody holds the lock; if so, it is held until the end, so that no sweep starts meanwhile.

    Works on a full disk too: then the holder has no name.
    """
    lock = FileLock(folder.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise FolderError(
            f"cannot write to {folder.lock}: {error.strerror}; fix this, or choose another "
            "with --results or SPARSITY_RESULTS"
        ) from error
    try:
        with suppress(OSError):
            write_json(folder.holder, asdict(_self()))
        yield True
    finally:
        folder.holder.unlink(missing_ok=True)
        lock.release()


def holder(folder: SweepFolder) -> Holder | None:
    """The last holder; None if its file is missing, as when a sweep has just started or is about to end."""
    try:
        return HOLDER.validate_json(folder.holder.read_bytes())
    except (OSError, ValueError):
        return None


def is_held(folder: SweepFolder | TrialFolder) -> bool:
    """Whether a sweep, or the process of a trial, holds the lock now."""
    try:
        with open(folder.lock, "rb") as lock:  # to test the lock, reading is enough
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _self() -> Holder:
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    return Holder(os.getpid(), socket.gethostname(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", command)


def _who(folder: SweepFolder) -> str:
    last = holder(folder)
    return f": {last}" if last else ""
