"""The command that sends to MLflow what it lacks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from orchestrator.cli.options import Offline, Overrides, Results, Sweep, Tracking, run_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.spec.reading import SweepSpec
    from orchestrator.store.folders import ResultsFolder


def sync(
    sweep: Sweep,
    override: Overrides = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    offline: Offline = False,
) -> None:
    """Send to MLflow the runs of a sweep that it lacks."""
    from orchestrator.execute import sweep as sweeps
    from orchestrator.execute.progress import Progress
    from orchestrator.plan.planning import plan as make_plan

    options = run_options(results, tracking_uri, None)
    parsed = spec_of(sweep, options.results, override or (), offline)
    planned, progress = make_plan(parsed), Progress(sys.stderr)
    for warning in planned.warnings:
        progress.say(warning)
    if not sweeps.sync(parsed, planned, options, progress):
        raise typer.Exit(1)


def spec_of(sweep: str, folder: ResultsFolder, overrides: Sequence[str], offline: bool) -> SweepSpec:
    """The spec in a file; that of a name as it was last run, with its overrides."""
    from orchestrator.cli.options import is_spec
    from orchestrator.spec.reading import read
    from orchestrator.store import lookup

    if is_spec(sweep):
        return read(Path(sweep), overrides, offline)
    place = lookup.sweep(folder, sweep)
    origin = lookup.plan(place).provenance
    overrides = (*origin.get("overrides", ()), *overrides)
    return read(place.spec, overrides, offline or bool(origin.get("offline")), name=sweep)
