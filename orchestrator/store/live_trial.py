"""How far a running trial has come, read from outside without a word to it."""

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

TAIL = 64 * 1024  # bytes from the journal's end: several looks of a network with a hundred layers


class Attempt(Settings):
    """attempt.json: where a process took the trial up, and when; for those who look in while the trial runs."""

    host: str
    pid: int
    device: str  # cpu; gpu and the numbers that this process sees, e.g. gpu 0
    begun: int  # milliseconds since 1970

    @classmethod
    def of_this_process(cls, device: str) -> Self:
        """On a torch device, cpu or cuda, just now."""
        seen = os.environ.get("CUDA_VISIBLE_DEVICES") or "0"
        where = {"cpu": "cpu", "cuda": f"gpu {seen}"}[device]
        return cls(host=platform.node(), pid=os.getpid(), device=where, begun=time.time_ns() // 1_000_000)

    def write(self, folder: TrialFolder) -> None:
        """Replace the folder's."""
        write_json(folder.attempt, self.model_dump())

    @classmethod
    def read(cls, folder: TrialFolder) -> Self | None:
        """The folder's; None where there is none, or a damaged one."""
        try:
            return cls.model_validate_json(folder.attempt.read_bytes())
        except (OSError, ValidationError):
            return None


@dataclass(frozen=True)
class LiveTrial:
    """What a trial has told of itself so far; None where it has not."""

    step: int | None = None  # optimizer steps on its network's path, at the last look
    loss: float | None = None  # mean training loss between its last two looks
    device: str | None = None  # e.g. cpu, gpu 0
    host: str | None = None
    begun: int | None = None  # milliseconds since 1970

    @classmethod
    def read(cls, folder: TrialFolder) -> Self:
        """What the end of the journal says, and where the trial was taken up."""
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
    return [json.loads(line) for line in lines[size > TAIL : -1]]  # the first may be cut, the last is not yet ended
