"""plan.json: written with the state of every trial filled in, as its folder shows it, and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from pydantic import ValidationError

from dashboards.plan_file import PlanFile, SharingEntry, TrialEntry
from orchestrator.plan.planning import Plan, Planned
from orchestrator.plan.savings import savings
from orchestrator.store.folders import SweepFolder
from orchestrator.store.journal import result, state, write_json


def filled_in(plan: Plan, folder: SweepFolder, trials: Sequence[Planned] | None = None) -> PlanFile:
    """plan.json with what sharing saves, and with what its folder shows of every trial: state, error, log, numerics.

    Of all trials unless some are named."""
    chosen = plan.trials if trials is None else tuple(trials)
    told = replace(plan, trials=chosen).file()
    return told.model_copy(
        update={
            "sharing": SharingEntry(**asdict(savings(chosen))),
            "trials": tuple(_filled_in(entry, folder) for entry in told.trials),
        }
    )


def _filled_in(entry: TrialEntry, folder: SweepFolder) -> TrialEntry:
    place = folder.trial(entry.key)
    ended = result(place)
    return entry.model_copy(
        update={
            "state": state(place),
            "error": ended.error if ended else None,
            "cause": ended.cause if ended else None,
            "log": str(place.log) if place.log.exists() else None,
            "numerics": ended.provenance.get("numerics") if ended else None,
        }
    )


def write(folder: SweepFolder, told: PlanFile, provenance: dict[str, Any]) -> None:
    """Replace plan.json, with what the plan was made with."""
    write_json(folder.plan, told.model_copy(update={"provenance": provenance}).as_json())


def read(folder: SweepFolder) -> PlanFile | None:
    """The plan that the folder was last run with; None where there is none, or a damaged one."""
    try:
        return PlanFile.model_validate_json(folder.plan.read_bytes())
    except (OSError, ValidationError):
        return None
