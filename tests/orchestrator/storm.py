"""A sweep in a folder of its own whose processes are killed at moments of chance, and what is left of it."""

import json
import random
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboards.schema import MACHINE_METRICS
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import entries, result, state
from tests.orchestrator.command import MAIN, environment
from tests.orchestrator.processes import Process, below, process

PATIENCE = 300  # seconds for a sweep to end, whatever happened to it
STARTING = 10  # seconds within which a sweep begins to train
SOON = 1  # seconds
VICTIMS = {"gcs_server": "gcs", "raylet": "raylet", "ray::ImplicitFunc": "worker"}  # titles, but what is called in it
QUICK = {"RAY_gcs_rpc_server_reconnect_timeout_s": "5"}  # what Ray waits for a GCS that was killed: else a minute

SPEC = """
name: storm
workload: {name: digits_mlp, training: {steps: 1000}, measure: {evaluate_every: 100}}
variants:
  - {method: {name: one_shot, fine_tune: {steps: 0}}, grid: {method.sparsity: [0.5, 0.8, 0.9]}}
  - {method: iterative, grid: {method.levels: [[0.5, 0.8], [0.5, 0.9]]}}
  - {method: {name: lottery_ticket, levels: [0.5, 0.8], controls: [reinit, random]}}
seeds: 1
policies: {checkpoint_every: 0.2}
"""


@dataclass
class Storm:
    """A folder with the spec, and what its sweeps leave there."""

    path: Path
    data: Path  # the cache
    steps: int = 1000  # of a training
    seeds: int = 1
    address: str | None = None  # of a Ray cluster
    variables: dict[str, str] = field(default_factory=dict)  # of the command's environment
    started: set[Process] = field(default_factory=set)  # all that was seen of what was started

    @property
    def folder(self) -> SweepFolder:
        """The sweep's."""
        return ResultsFolder(self.path / "results").sweep("storm")

    @property
    def told(self) -> str:
        """What all sweeps said."""
        return (self.path / "told.txt").read_text()

    def start(self, executor: str = "ray") -> subprocess.Popen:
        """The same command every time."""
        (self.path / "storm.yaml").write_text(
            SPEC.replace("steps: 1000", f"steps: {self.steps}").replace("seeds: 1", f"seeds: {self.seeds}")
        )
        cluster = ["--address", self.address] if self.address else []
        with open(self.path / "told.txt", "a") as told:
            running = subprocess.Popen(
                [*MAIN, "sweep", "storm.yaml", "--no-report", "--executor", executor, *cluster],
                cwd=self.path, env=environment(self.data, **QUICK, **self.variables), stdout=told, stderr=told,
            )  # fmt: skip
        self.started.add(process(running.pid))
        return running

    def run(self, executor: str = "ray") -> None:
        """A sweep that nobody disturbs."""
        assert self.start(executor).wait(PATIENCE) == 0, self.told

    def strike(self, draw: random.Random, undisturbed: int) -> str | None:
        """Kill someone at a moment of chance in a sweep, and wait for its end; who it was, None where it was too late.

        One moment in four is within the first seconds; the others are soon after the journals, of which `undisturbed`
        is the length in bytes, are as long as chance will have it.
        """
        early, seconds = draw.random() < 0.25, draw.uniform(0, STARTING)
        length, soon = self.written() + draw.random() * (undisturbed - self.written()), draw.uniform(0, SOON)
        wanted = draw.choice(["driver", *VICTIMS.values()])
        running, begun = self.start(), time.monotonic()
        until = begun + seconds if early else None
        while running.poll() is None and (until is None or time.monotonic() < until):
            if until is None and self.written() >= length:
                until = time.monotonic() + soon
            time.sleep(0.005)
        found = set(below(running.pid))
        self.started |= found
        if running.poll() is not None:
            assert running.returncode == 0, self.told
            return None
        there = victims(found)
        victim, struck = (wanted, there[wanted]) if wanted in there else ("driver", process(running.pid))
        struck.kill()
        running.wait(PATIENCE)  # what a killed driver leaves behind is not waited for: the next sweep meets it
        return victim

    def states(self) -> Counter[str]:
        """Trials by state, of those that have begun."""
        return Counter(state(self.folder.trial(path.parent.name)) for path in self.folder.path.glob("*/trial.json"))

    def written(self) -> int:
        """Bytes of all journals."""
        return sum(path.stat().st_size for path in self.folder.path.glob("*/records.jsonl"))

    def settled(self) -> dict[Path, tuple[int, int, int]]:
        """What nobody may write again, and when it was: files of completed trials, networks that others go on from."""
        files = [path for trial in self._trials() for path in trial.path.iterdir() if path != trial.lock]
        stages = self.path.glob("results/.stages/*.safetensors")
        return {path: _identity(path) for path in (*files, *stages)}

    def figures(self) -> dict[str, Any]:
        """All that the trials found out but seconds and bytes, in its order."""
        found = {}
        for trial in self._trials():
            records = [one.record for one in entries(trial) if one.record.name not in MACHINE_METRICS]
            ended = result(trial)
            found[trial.path.name] = ended.runs, ended.digests, records
        return found

    def trainings(self) -> dict[str, set[float]]:
        """Of each network: how many seconds it was trained for from its first step, as every run that has it says."""
        found = defaultdict(set)
        for trial in self._trials():
            networks = result(trial).runs
            for one in entries(trial):
                if one.record.name == "cost/path_train_seconds":
                    found[networks[one.record.label]].add(one.record.value)
        return found

    def table(self) -> list[dict[str, Any]]:
        """What the command makes of the store."""
        told = subprocess.run(
            [*MAIN, "table", "storm", "--json"], cwd=self.path, env=environment(self.data), capture_output=True,
            check=True, timeout=PATIENCE,
        ).stdout  # fmt: skip
        return json.loads(told)

    def _trials(self) -> list[TrialFolder]:
        """Those that are completed."""
        trials = [self.folder.trial(path.parent.name) for path in sorted(self.folder.path.glob("*/result.json"))]
        return [trial for trial in trials if (ended := result(trial)) and ended.status == "completed"]


def victims(found: Iterable[Process]) -> dict[str, Process]:
    """Those of these processes that may be killed, by what they are called here."""
    titles = {one: one.title.partition(".")[0] for one in found}
    return {VICTIMS[title]: one for one, title in titles.items() if title in VICTIMS}


def _identity(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_ino, about.st_mtime_ns, about.st_size
