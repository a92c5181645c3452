"""The commands that look into what has been done, or is being done: none of them changes a result."""

from __future__ import annotations

import json
import sys
from typing import Any

from orchestrator.cli.options import (
    AnySweep,
    AsJson,
    Follow,
    KeyStart,
    Port,
    Results,
    Sweep,
    Target,
    Tracking,
    results_folder,
    store,
    sweep_name,
)  # fmt: skip


def status(sweep: AnySweep = None, results: Results = None, as_json: AsJson = False) -> None:
    """Show where a sweep stands and what runs just now, or where all sweeps of the results folder stand."""
    from datetime import UTC, datetime

    from orchestrator.cli import status_view
    from orchestrator.store import lookup
    from orchestrator.store import status as standing

    folder, now = results_folder(results), datetime.now(UTC)
    told: Any
    if sweep is None:
        found = standing.of_all(folder)
        if not found:
            print(f"{folder.path} holds no sweeps yet; `sparsity sweep SPEC` runs one", file=sys.stderr)
        told = [one.as_json() for one in found] if as_json else status_view.of_all(found, now)
    else:
        one = standing.of_sweep(lookup.sweep(folder, sweep_name(sweep)))
        trials = [trial.as_json() for trial in one.trials]
        told = one.as_json() | {"trials": trials} if as_json else status_view.of_sweep(one, now)
    sys.stdout.write(f"{json.dumps(told, indent=1)}\n" if as_json else told)


def logs(sweep: Sweep, key: KeyStart, follow: Follow = False, results: Results = None) -> None:
    """Show what a trial has printed, and the traceback if it failed."""
    from orchestrator.cli.following import written
    from orchestrator.store import lookup

    folder = lookup.trial(lookup.sweep(results_folder(results), sweep_name(sweep)), key)
    try:
        for text in written(folder, follow):
            sys.stdout.write(text)
            sys.stdout.flush()
    except KeyboardInterrupt:
        return  # that is how one leaves


def inspect(target: Target, results: Results = None, as_json: AsJson = False) -> None:
    """Show how sparse a file of weights is, layer by layer."""
    from orchestrator.cli import inspection_view
    from orchestrator.store import inspection, lookup, weight_files

    path = lookup.network(results_folder(results), target)
    layers = inspection.layers(weight_files.read(path))
    if as_json:
        print(json.dumps(inspection_view.as_json(path, layers), indent=1))
    else:
        sys.stdout.write(inspection_view.text(path, layers))


def ui(sweep: AnySweep = None, port: Port = 5000, results: Results = None, tracking_uri: Tracking = None) -> None:
    """Serve MLflow's pages on the results to this machine, until Ctrl-C, and print where they show the sweeps."""
    from orchestrator.store.relocation import follow
    from orchestrator.tracking.mlflow_ui import served

    folder = results_folder(results)
    uri = store(tracking_uri, folder)
    name = sweep and sweep_name(sweep)
    if uri.startswith(("http://", "https://")):  # a server has pages of its own
        print(_pages(uri, uri, name) if name else uri)
        return
    follow(folder)
    try:
        with served(uri, port) as (address, server):
            print(_pages(uri, address, name), flush=True)
            server.wait()
    except KeyboardInterrupt:
        return  # that is how one leaves


def _pages(uri: str, server: str, sweep: str | None) -> str:
    """Where the server shows the sweep; else its first page, and where it shows each sweep."""
    from orchestrator.tracking import sweep_pages

    if sweep:
        return sweep_pages.of_sweep(uri, server, sweep)
    return "\n".join([server, *(f"{name}: {page}" for name, page in sweep_pages.of_sweeps(uri, server).items())])


COMMANDS = (status, logs, inspect, ui)
