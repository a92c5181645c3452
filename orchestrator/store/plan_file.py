"""Reads plan.json, and writes it with the state of every trial. Only writing imports what knows trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from dashboards.plan_file import PlanFile, SharingEntry, TrialEntry
from orchestrator.store.folders import SweepFolder

if TYPE_CHECKING:
    from orchestrator.plan.planning import Plan, Planned


def filled_in(plan: Plan, folder: SweepFolder, trials: Sequence[Planned] | None = None) -> PlanFile:
    """plan.json with what sharing saves, and with state, error, log and numerics of every trial from its folder.

    `trials` limits it to these trials."""
    from orchestrator.plan.savings import savings

    selection = plan.trials if trials is None else tuple(trials)
    content = replace(plan, trials=selection).file()
    begun = folder.begun
    return content.model_copy(
        update={
            "sharing": SharingEntry(**asdict(savings(selection))),
            "trials": tuple(_filled_in(entry, folder) if entry.key in begun else entry for entry in content.trials),
        }
    )


def _filled_in(entry: TrialEntry, folder: SweepFolder) -> TrialEntry:
    from orchestrator.store.journal import result, state

    trial_folder = folder.trial(entry.key)
    ending = result(trial_folder)
    return entry.model_copy(
        update={
            "state": state(trial_folder),
            "error": ending.error if ending else None,
            "cause": ending.cause if ending else None,
            "log": str(trial_folder.log) if trial_folder.log.exists() else None,
            "numerics": ending.provenance.get("numerics") if ending else None,
        }
    )


def write(folder: SweepFolder, content: PlanFile, provenance: dict[str, Any]) -> None:
    """Write plan.json with `provenance`."""
    from orchestrator.store.journal import write_json

    write_json(folder.plan, content.model_copy(update={"provenance": provenance}).as_json())


def read(folder: SweepFolder) -> PlanFile | None:
    """The plan of the last run; None if the file is missing or damaged."""
    try:
        return PlanFile.model_validate_json(folder.plan.read_bytes())
    except (OSError, ValidationError):
        return None
