"""Stop a running sweep by SIGTERM: no result is lost, and the same command resumes it."""

import os
import signal
import socket
import time

from orchestrator.store.folders import SweepFolder
from orchestrator.store.lock import Holder, holder, is_held
from workloads.errors import SparsityError, UsageError

PATIENCE = 120.0  # seconds; Ray ends slowly, and so does a busy machine
EVERY = 0.1  # seconds between two checks


def cancel(folder: SweepFolder, patience: float = PATIENCE) -> Holder:
    """Ask the sweep that runs in the folder to stop, and wait for its end; gives the process that it was.

    Raises UsageError where no sweep runs or this process cannot signal it, and SparsityError where it does not stop.
    """
    name, running = folder.path.name, holder(folder)
    if not is_held(folder):
        raise UsageError(f"no sweep is running in {folder.path}; `sparsity status {name}` shows where it stands")
    if running is None:
        raise UsageError(f"a sweep is starting or ending in {folder.path}; try again")
    if running.host != socket.gethostname():
        raise UsageError(f"{name} runs on another machine: {running}; run `sparsity cancel {name}` there")
    try:
        os.kill(running.pid, signal.SIGTERM)
    except ProcessLookupError:  # it has just ended, or runs in another container
        raise UsageError(
            f"{name} has no process on this machine: {running}; `sparsity status {name}` shows whether it still runs"
        ) from None
    except PermissionError:
        raise UsageError(f"{name} belongs to another user: {running}; only they can cancel it") from None
    until = time.monotonic() + patience
    while is_held(folder):
        if time.monotonic() > until:
            raise SparsityError(
                f"{name} was asked to stop and still runs after {patience:g} s: {running}; wait, or "
                f"`kill -9 {running.pid}`, which loses the steps since the last checkpoints"
            )
        time.sleep(EVERY)
    return running
