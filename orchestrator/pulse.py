"""How far a running trial has come, read from outside without a word to it."""

import json
import os
from dataclasses import dataclass
from typing import Any

from orchestrator.folders import TrialFolder

TAIL = 64 * 1024  # bytes from the journal's end: several looks of a network with a hundred layers


@dataclass(frozen=True)
class Pulse:
    """What a trial has told of itself so far; None where it has not."""

    step: int | None = None  # optimizer steps on its network's path, at the last look
    loss: float | None = None  # mean training loss between its last two looks
    device: str | None = None  # e.g. cpu, gpu 0
    host: str | None = None
    begun: int | None = None  # milliseconds since 1970


def pulse(folder: TrialFolder) -> Pulse:
    """What the end of the journal says, and where the trial was taken up; whatever is damaged or missing is None."""
    try:
        attempt = json.loads(folder.attempt.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Pulse()
    place = {name: attempt.get(name) for name in ("device", "host", "begun")}
    records = [record for record in _last(folder) if record["time"] >= (place["begun"] or 0)]
    losses = [record["value"] for record in records if record["name"] == "train/loss"]
    return Pulse(records[-1]["step"] if records else None, losses[-1] if losses else None, **place)


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
