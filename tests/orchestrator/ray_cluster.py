"""A Ray cluster of several nodes on this machine, each started as users start one, with folders of its own."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.orchestrator.command import ISOLATED, ROOT, environment
from tests.orchestrator.processes import below, process

PATIENCE = 150  # seconds for a node to join
SLOW = {"RAY_raylet_start_wait_time_s": "120"}  # a busy machine may need that long
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "c1" * 32}  # what nodes and drivers show each other
RAY = Path(sys.executable).with_name("ray")


@dataclass
class RayNode:
    """One node: the processes below its `ray start`."""

    process: subprocess.Popen
    data: Path  # its cache of data sets

    def kill(self) -> None:
        """At once and with all that it started, as when a machine loses its power."""
        for one in [*below(self.process.pid), process(self.process.pid)]:
            if one:
                one.kill()
        self.process.wait()


@dataclass
class RayCluster:
    """The nodes. Where this user may mount, all but the head see an empty folder in the place of `hidden`."""

    path: Path
    hidden: Path
    may_mount: bool
    nodes: list[RayNode] = field(default_factory=list)
    temporary: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="ray-")))  # sockets need short paths
    port: int = field(default_factory=lambda: _free_port())

    @property
    def address(self) -> str:
        """For drivers and nodes."""
        return f"127.0.0.1:{self.port}"

    def start(self, cpus: int = 1, gpus: int = 0, **more: str) -> RayNode:
        """Start the head, or another node; it says that it has `gpus`; `more` are variables of its environment.

        Returns when it has joined: two that start at once on one machine may take each other's sockets."""
        number = len(self.nodes)
        data, scratch = self.path / f"data-{number}", self.path / f"scratch-{number}"
        scratch.mkdir(parents=True)
        place = (
            ["--head", f"--port={self.port}", "--include-dashboard=false",
             f"--temp-dir={self.temporary}"] if not self.nodes else [f"--address={self.address}"]
        )  # fmt: skip
        command = [str(RAY), "start", *place, f"--num-cpus={cpus}", f"--num-gpus={gpus}", "--block",
                   "--disable-usage-stats", "--object-store-memory=100000000",
                   "--dashboard-agent-listen-port=0"]  # fmt: skip
        if self.nodes and self.may_mount:
            mounted = f'mount -t tmpfs none "{self.hidden}" && exec "$@"'
            command = [*ISOLATED, "sh", "-c", mounted, "sh", *command]
        with open(self.path / f"node-{number}.txt", "w") as log:
            started = subprocess.Popen(
                command, cwd=ROOT, env=environment(data, TMPDIR=str(scratch), **TOKEN, **SLOW, **more),
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.nodes.append(RayNode(started, data))
        until, log = time.monotonic() + PATIENCE, self.path / f"node-{number}.txt"
        while "Ray runtime started" not in log.read_text():
            if time.monotonic() > until or started.poll() is not None:
                raise TimeoutError(log.read_text())
            time.sleep(0.1)
        return self.nodes[-1]

    def stop(self) -> None:
        """End all nodes."""
        for node in reversed(self.nodes):
            node.kill()
        shutil.rmtree(self.temporary, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
