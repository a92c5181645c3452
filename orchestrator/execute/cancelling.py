"""A running sweep asked to stop, as SIGTERM asks it: nothing is lost, and the same command goes on later."""

import os
import signal
import socket
import time

from orchestrator.store.folders import SweepFolder
from orchestrator.store.lock import Holder, holder, is_held
from workloads.errors import SparsityError, UsageError

PATIENCE = 120.0  # seconds; Ray takes some to end, and so does a busy machine
EVERY = 0.1  # seconds from look to look


def cancel(folder: SweepFolder, patience: float = PATIENCE) -> Holder:
    """Ask the sweep that runs in the folder to stop, and wait until it has; what it was.

    Raises UsageError where none runs, or none that can be asked from here, and SparsityError where it goes on.
    """
    name, running = folder.path.name, holder(folder)
    if not is_held(folder):
        raise UsageError(f"no sweep is running in {folder.path}; `sparsity status {name}` shows where it stands")
    if running is None:
        raise UsageError(f"a sweep is just beginning or ending in {folder.path}; try again")
    if running.host != socket.gethostname():
        raise UsageError(f"{name} runs on another machine: {running}; run `sparsity cancel {name}` there")
    try:
        os.kill(running.pid, signal.SIGTERM)
    except ProcessLookupError:  # it has ended by itself in between, or its word is one of a container's own
        raise UsageError(
            f"{name} has no process here that could be asked: {running}; "
            f"`sparsity status {name}` shows whether it still runs"
        ) from None
    except PermissionError:
        raise UsageError(f"{name} is another user's: {running}; only they can cancel it") from None
    until = time.monotonic() + patience
    while is_held(folder):
        if time.monotonic() > until:
            raise SparsityError(
                f"{name} was asked to stop and still runs after {patience:g} s: {running}; wait, or "
                f"`kill -9 {running.pid}`, which costs what came since the last checkpoints"
            )
        time.sleep(EVERY)
    return running
