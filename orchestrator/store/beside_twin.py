"""Metrics that compare a run with its twin. They have their own file, since a journal knows no other trial."""

from __future__ import annotations

from orchestrator.store.folders import TrialFolder
from workloads.atomic import write_text
from workloads.settings import Settings


class BesideTwin(Settings):
    """Metrics that compare a run with its twin, with step and time of the run's last record."""

    network: str  # keys of the two networks; the metrics hold for these alone
    twin: str
    step: int
    time: int  # milliseconds since 1970
    metrics: dict[str, float]


def read(folder: TrialFolder, label: str) -> BesideTwin | None:
    """The metrics of a run; None if the file is missing or damaged."""
    try:
        return BesideTwin.model_validate_json(folder.beside_twin(label).read_bytes())
    except (OSError, ValueError):
        return None


def write(folder: TrialFolder, label: str, content: BesideTwin) -> None:
    """Write the metrics of a run."""
    write_text(folder.beside_twin(label), content.model_dump_json(indent=1))
