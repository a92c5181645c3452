"""Serves MLflow's own pages on one store, to this machine only."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workloads.errors import UsageError

LOOPBACK = "127.0.0.1"
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # unused here, and its runners are many processes
}
PATIENCE = 60.0  # seconds for the server to start
GRACE = 10.0  # seconds for it to end


@contextmanager
def served(uri: str, port: int) -> Iterator[tuple[str, subprocess.Popen]]:
    """The address and the process of a server on the store `uri`; the server ends on exit. Raises UsageError."""
    path = uri.removeprefix("sqlite:///")
    if path != uri and not Path(path).is_file():
        raise UsageError(
            f"{path} does not exist: there are no results here yet; run `sparsity sweep SPEC`, or name "
            "the folder that holds them with --results"
        )
    _check_free(port)
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri,
               "--host", LOOPBACK, "--port", str(port), "--workers", "1"]  # fmt: skip
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as scratch:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=scratch,
            env={**os.environ, **QUIET}, start_new_session=True,  # Ctrl-C stops this process, which ends it
        )  # fmt: skip
        try:
            address = f"http://{LOOPBACK}:{port}"
            _wait(address, process)
            if process.poll() is not None:
                log.seek(0)
                last_line = "".join(log.read().decode(errors="replace").strip().splitlines()[-1:])
                raise UsageError(f"MLflow's server ended at once: {last_line or 'it printed nothing'}")
            yield address, process
        finally:
            _end(process)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise UsageError(f"port {port} is not available: {error.strerror}; choose another with --port") from error


def _wait(address: str, process: subprocess.Popen) -> None:
    """Wait until the server answers or ends. Raises UsageError after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # a proxy cannot reach this machine's loopback
    while process.poll() is None:
        try:
            with opener.open(f"{address}/health", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise UsageError(f"MLflow's server did not answer within {PATIENCE:g} s; try again") from None
            time.sleep(0.2)


def _end(process: subprocess.Popen) -> None:
    """End the server and all processes that it has started."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
            process.wait(GRACE)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
