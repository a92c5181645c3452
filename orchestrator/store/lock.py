"""One sweep at a time in a folder, and word of who is in it."""

import fcntl
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from orchestrator.store.folders import SweepFolder, make_writable
from orchestrator.store.journal import write_json
from workloads.errors import FolderError


@dataclass(frozen=True)
class Holder:
    """Who is in a folder."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        return f"`{self.command}`, process {self.pid} on {self.host}, since {self.since}"


WORD = TypeAdapter(Holder)


@contextmanager
def held(folder: SweepFolder) -> Iterator[None]:
    """Keep other sweeps out of the folder meanwhile. Raises FolderError where one is in it, and says which.

    The lock ends with its process, however that ends. Word of a holder that was killed stays, and counts for nothing.
    """
    make_writable(folder.path)
    lock = FileLock(folder.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise FolderError(
            f"another sweep is running in {folder.path}{_who(folder)}; wait for it, end it, or choose another --results"
        ) from None
    except OSError as error:
        raise FolderError(
            f"cannot write to {folder.lock}: {error.strerror}; mend that, or choose another "
            "with --results or SPARSITY_RESULTS"
        ) from error
    try:
        write_json(folder.holder, asdict(_self()))
        yield
    finally:
        folder.holder.unlink(missing_ok=True)
        lock.release()


def holder(folder: SweepFolder) -> Holder | None:
    """The last word of a holder; None where there is none: it has only just begun, or is about to end."""
    try:
        return WORD.validate_json(folder.holder.read_bytes())
    except (OSError, ValueError):
        return None


def is_held(folder: SweepFolder) -> bool:
    """Whether a sweep is in the folder just now."""
    try:
        with open(folder.lock, "rb") as lock:  # only to look, which needs no right to write
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
    word = holder(folder)
    return f": {word}" if word else ""
