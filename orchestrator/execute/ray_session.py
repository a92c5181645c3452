"""Starts Ray or joins a cluster, and leaves it."""

import gc
import os
import shutil
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import ray

from orchestrator.environment import DEFAULTS
from orchestrator.execute.cluster.members import alive_nodes
from orchestrator.execute.nodes import Node
from workloads.errors import ResourceError

ROOM = 2**25  # bytes; the least that a session needs
ANSWER = 30.0  # seconds until a node of the cluster has to answer
NO_SPARE = {"prestart_worker_first_driver": False}  # Ray would start a process for each core that Tune never uses


def connect(address: str | None) -> list[Node]:
    """Join the cluster at `address`, or start Ray on this machine; gives the nodes. Raises ResourceError.

    The nodes of a cluster get the variables that configure Ray here: they were started without them."""
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    on_sigterm = signal.getsignal(signal.SIGTERM)
    try:
        if address:
            _check_address(address)
            ray.init(address, runtime_env={"env_vars": DEFAULTS}, **quiet)
        else:
            _check_room(Path(os.environ.get("RAY_TMPDIR") or os.environ.get("TMPDIR") or "/tmp"))  # as Ray chooses
            ray.init(
                "local", include_dashboard=False, object_store_memory=100 * 2**20, _system_config=NO_SPARE, **quiet
            )
    except (OSError, RuntimeError, ValueError) as error:
        ray.shutdown()
        reason = " ".join(str(error).split())
        if address:
            raise ResourceError(
                f"Ray cannot be reached at {address} ({reason}); start it there, set RAY_AUTH_MODE=token and the "
                "cluster's RAY_AUTH_TOKEN if it asks for a token, or leave out --address and RAY_ADDRESS"
            ) from error
        raise ResourceError(f"Ray cannot be started ({reason}); mend that, or use --executor inline") from error
    signal.signal(signal.SIGTERM, on_sigterm)  # ray.init replaces it by one that prints a stack and exits
    return alive_nodes()


def _check_address(address: str) -> None:
    """Raise ResourceError for a client's address, and OSError where nobody answers: Ray would ask for many minutes."""
    if address.startswith("ray://"):
        raise ResourceError(
            f"{address} is the address of a client; run `sparsity sweep` on a node of the cluster with --address auto, "
            "or submit it with `ray job submit`"
        )
    host, _, port = address.rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), timeout=ANSWER).close()


def _check_room(temporary: Path) -> None:
    """Raise ResourceError on a full disk, where Ray waits for half a minute and gives no reason."""
    if temporary.is_dir() and (free := shutil.disk_usage(temporary).free) < ROOM:
        raise ResourceError(
            f"Ray keeps its session in {temporary}, which has {free >> 20} MiB left and needs "
            f"{ROOM >> 20}; free some, name another folder in RAY_TMPDIR, or use --executor inline"
        )


def disconnect() -> None:
    """Leave Ray, and end it where `connect` started it. An error here must not hide the sweep's outcome.

    Ray exits the whole process silently with code 1 if one of its objects is freed during shutdown. Objects in cycles
    may be freed at any moment, in any thread: collect them now, and collect nothing meanwhile.
    """
    gc.collect()
    gc.disable()
    try:
        with suppress(Exception):
            ray.shutdown()
    finally:
        gc.enable()
