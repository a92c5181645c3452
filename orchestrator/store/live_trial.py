"""The progress of a running trial, read from its files by another process."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import dataclass
from typing import Any, Self

from pydantic import ValidationError

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import write_json
from workloads.settings import Settings

TAIL = 64 * 1024  # bytes at the journal's end: several looks at a network of a hundred layers


class Attempt(Settings):
    """attempt.json: where and when a process started the trial."""

    host: str
    pid: int
    device: str  # cpu; gpu and the numbers that this process sees, e.g. gpu 0
    begun: int  # milliseconds since 1970

    @classmethod
    def of_this_process(cls, device: str) -> Self:
        """An attempt that starts now on the torch device `device`: cpu or cuda."""
        gpus = os.environ.get("CUDA_VISIBLE_DEVICES") or "0"
        name = {"cpu": "cpu", "cuda": f"gpu {gpus}"}[device]
        return cls(host=platform.node(), pid=os.getpid(), device=name, begun=time.time_ns() // 1_000_000)

    def write(self, folder: TrialFolder) -> None:
        """Write the attempt to the folder."""
        write_json(folder.attempt, self.model_dump())

    @classmethod
    def read(cls, folder: TrialFolder) -> Self | None:
        """The last attempt; None if the file is missing or damaged."""
        try:
            return cls.model_validate_json(folder.attempt.read_bytes())
        except (OSError, ValidationError):
            return None


@dataclass(frozen=True)
class LiveTrial:
    """The progress of a trial. A field is None as long as the files do not say it."""

    step: int | None = None  # optimizer steps on its network's path, at the last look
    loss: float | None = None  # mean training loss between its last two looks
    device: str | None = None  # e.g. cpu, gpu 0
    host: str | None = None
    begun: int | None = None  # milliseconds since 1970

    @classmethod
    def read(cls, folder: TrialFolder) -> Self:
        """The progress according to the last attempt and its last records."""
        if (attempt := Attempt.read(folder)) is None:
            return cls()
        records = [record for record in _last(folder) if record["time"] >= attempt.begun]
        losses = [record["value"] for record in records if record["name"] == "train/loss"]
        return cls(
            step=records[-1]["step"] if records else None,
            loss=losses[-1] if losses else None,
            device=attempt.device,
            host=attempt.host,
            begun=attempt.begun,
        )


def _last(folder: TrialFolder) -> list[dict[str, Any]]:
    """The last records, the oldest first."""
    try:
        with open(folder.records, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return []
    return [json.loads(line) for line in lines[size > TAIL : -1]]  # the first line may be cut, the last has no end yet
