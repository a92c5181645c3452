"""A run's figures beside its twin, in a file of their own: a trial's journal knows no other trial."""

from __future__ import annotations

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import write_text
from workloads.settings import Settings


class BesideTwin(Settings):
    """A run's figures beside its twin, stamped as its last record is."""

    network: str  # keys of the two networks, as results have them: of others the figures say nothing
    twin: str
    step: int
    time: int  # milliseconds since 1970
    metrics: dict[str, float]


def read(folder: TrialFolder, label: str) -> BesideTwin | None:
    """The figures of a run; None where there are none, or not whole ones."""
    try:
        return BesideTwin.model_validate_json(folder.beside_twin(label).read_bytes())
    except (OSError, ValueError):
        return None


def write(folder: TrialFolder, label: str, told: BesideTwin) -> None:
    """Replace the figures of a run."""
    write_text(folder.beside_twin(label), told.model_dump_json(indent=1))
