"""What MLflow stands on elsewhere: PostgreSQL on a socket of its own, and MLflow's server, which comes and goes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")  # where Debian has them, by version
PATIENCE = 120  # seconds
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL; None where there is none."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """The address of an empty database, for MLflow; the server is reached by a socket in its folder alone.

    It refuses to run as root, so it runs as nobody there, who must be able to get at the folder.
    """
    place = Path(tempfile.mkdtemp(prefix="postgres-"))
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    if as_nobody:
        shutil.chown(place, "nobody", "nogroup")
    data = place / "data"
    try:
        _made(*as_nobody, programs / "initdb", "--auth=trust", "--username=mlflow", "--no-sync", data, cwd=place)
        serving = subprocess.Popen(
            [*as_nobody, programs / "postgres", "-D", data, "-k", place, "-c", "listen_addresses=", "-c", "fsync=off"],
            cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait(lambda: _answers(programs, place), serving)
            yield f"postgresql+psycopg2://mlflow@/postgres?host={place}"
        finally:
            serving.send_signal(signal.SIGINT)  # which ends connections rather than wait for them
            serving.wait(PATIENCE)
    finally:
        shutil.rmtree(place)


class Server:
    """MLflow's server on a store; what it keeps outlives it."""

    def __init__(self, store: str, folder: Path, port: int):
        self.address = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._command = [
            sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store, "--artifacts-destination", folder,
            "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        ]  # fmt: skip
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Returns once it answers."""
        with open(self._folder / "log.txt", "a") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, stdout=log, stderr=log, env={**os.environ, **QUIET},
                start_new_session=True,
            )  # fmt: skip
        _wait(self._healthy, self._process)

    def kill(self) -> None:
        """At once, in the middle of whatever it does; nothing where it does not run."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def _healthy(self) -> bool:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.address}/health", timeout=5):
                return True
        except OSError:
            return False


def _made(*command: str | Path, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=PATIENCE)


def _answers(programs: Path, socket: Path) -> bool:
    asked = [programs / "pg_isready", "-h", socket, "-q"]
    return subprocess.run(asked, cwd=socket, timeout=PATIENCE).returncode == 0


def _wait(ready, process: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        assert process.poll() is None and time.monotonic() < until, process.args
        time.sleep(0.1)
