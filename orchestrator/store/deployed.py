"""What was measured of a trial's finished networks: one line for each network in each format on each machine."""

from __future__ import annotations

import os

from pydantic import ValidationError

from orchestrator.store.folders import TrialFolder
from workloads.settings import Settings


class Deployed(Settings):
    """One network in one format, as one machine measured it."""

    label: str  # of the run
    network: str  # key of the measured network; the figures hold for it alone
    format: str
    machine: str
    threads: int
    step: int  # of the run's last record
    time: int  # milliseconds since 1970
    figures: dict[str, float]  # metric -> value, see dashboards.schema

    @property
    def place(self) -> tuple[str, str, str, int]:
        """What no two lines of a trial have in common: they would measure the same again."""
        return self.network, self.format, self.machine, self.threads


def read(folder: TrialFolder) -> tuple[Deployed, ...]:
    """All lines in the order of writing; a line that a crash cut off is left out."""
    try:
        lines = folder.deployed.read_bytes().splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            found.append(Deployed.model_validate_json(line))
        except ValidationError:
            continue
    return tuple(found)


def append(folder: TrialFolder, content: Deployed) -> None:
    """Write one more line, on disk before this returns. A line that was cut off before keeps a line of its own."""
    torn = folder.deployed.exists() and not folder.deployed.read_bytes().endswith(b"\n")
    with open(folder.deployed, "ab") as file:
        file.write(b"\n" * torn + content.model_dump_json().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
