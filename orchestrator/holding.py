"""One sweep at a time in a folder, and word of who is in it."""

import json
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from orchestrator.folders import SweepFolder, make_writable
from orchestrator.journal import write_json
from workloads.errors import FolderError


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
        raise FolderError(f"another sweep is running in {folder.path}{_who(folder)}; wait for it, end it, "
                          "or choose another --results") from None
    except OSError as error:
        raise FolderError(f"cannot write to {folder.lock}: {error.strerror}; mend that, or choose another "
                          "with --results or SPARSITY_RESULTS") from error
    try:
        write_json(folder.holder, _self())
        yield
    finally:
        folder.holder.unlink(missing_ok=True)
        lock.release()


def _self() -> dict[str, str | int]:
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "command": command}


def _who(folder: SweepFolder) -> str:
    try:
        holder = json.loads(folder.holder.read_bytes())
        return ": `{command}`, process {pid} on {host}, since {since}".format(**holder)
    except (OSError, ValueError, TypeError, LookupError):  # it has only just begun, or is about to end
        return ""
