"""What a worker is told about its trial, and what it tells the driver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workloads.script.paths import Passage
from workloads.script.training import Kernels, Precision
from workloads.settings import Settings
from workloads.trial import Trial


@dataclass(frozen=True)
class Messages:
    """What a trial tells the driver while it runs."""

    reached: Callable[[int], None]  # called with the number of a cut where other trials can start now
    noticed: Callable[[str], None]  # called with words about the trial that people should see at once
    wanted: Callable[[Path], None] = lambda stage: None  # called with the path of a stage that is not there
    stored: Callable[[Path], None] = lambda stage: None  # called with the path of a stage, before `reached`


class Assignment(Settings):
    """All settings of a worker, as plain JSON: its environment may differ from the driver's."""

    trial: Trial
    folder: Path
    data_cache: Path
    data_mirror: str | None
    cpus: int
    gpus: float
    precision: Precision
    kernels: Kernels
    stages: Path  # the folder of all sweeps' stages
    cuts: tuple[Passage, ...]  # where networks are shared with other trials
    checkpoint_every: float  # seconds
    provenance: dict[str, Any]  # of the code, as the driver knows it
    anew: bool = False  # from the beginning, even if the trial is done
    twins: dict[str, str] = {}  # label of a run -> key/label of its twin
    alone: bool = False  # no other trial of the sweep runs beside it: the second try of a lost trial


@dataclass(frozen=True)
class TrialEnd:
    """The end of a trial, for the driver."""

    key: str
    status: str  # completed, failed, lost
    error: str | None
    seconds: float
    log: Path
    again: bool = False  # whether this sweep runs it once more, alone
