"""The commands that show what a sweep has done so far; none of them changes a result."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from orchestrator.cli.options import (
    AnyKey,
    AnySweep,
    AsJson,
    Follow,
    Port,
    Results,
    Sweep,
    Target,
    Tracking,
    results_folder,
    store,
    sweep_name,
)  # fmt: skip

if TYPE_CHECKING:
    from orchestrator.store.folders import SweepFolder, TrialFolder


def status(sweep: AnySweep = None, results: Results = None, as_json: AsJson = False) -> None:
    """Show the state of all sweeps, or of one: its progress, running trials and failures."""
    from datetime import UTC, datetime

    from orchestrator.cli import status_view
    from orchestrator.cli.printing import fitted, say, width
    from orchestrator.store import lookup
    from orchestrator.store import status as states

    folder, now = results_folder(results), datetime.now(UTC)
    content: Any
    if sweep is None:
        sweeps = states.of_all(folder)
        if not sweeps:
            say(f"{folder.path} holds no sweeps yet; `sparsity sweep SPEC` runs one")
        content = [each.as_json() for each in sweeps] if as_json else status_view.of_all(sweeps, now, width())
    else:
        single = states.of_sweep(lookup.sweep(folder, sweep_name(sweep)))
        trials = [trial.as_json() for trial in single.trials]
        content = single.as_json() | {"trials": trials} if as_json else status_view.of_sweep(single, now, width())
    if as_json:
        print(json.dumps(content, indent=1))
    else:
        sys.stdout.write(fitted(content, sys.stdout))


def logs(sweep: Sweep, key: AnyKey = None, follow: Follow = False, results: Results = None) -> None:
    """Show what a trial has printed; without a key, list the trials and their logs."""
    from orchestrator.store import lookup

    folder = lookup.sweep(results_folder(results), sweep_name(sweep))
    if key is None:
        _list_logs(folder, follow)
    else:
        _show_log(lookup.trial(folder, key), follow)


def _list_logs(folder: SweepFolder, follow: bool) -> None:
    from orchestrator.cli import logs_view
    from orchestrator.cli.printing import width
    from orchestrator.store.status import of_sweep
    from workloads.errors import UsageError

    if follow:
        raise UsageError(f"--follow needs the key of a trial; `sparsity logs {folder.path.name}` lists the keys")
    sys.stdout.write(logs_view.text(of_sweep(folder), width()))


def _show_log(folder: TrialFolder, follow: bool) -> None:
    from orchestrator.cli.following import written

    try:
        for text in written(folder, follow):
            sys.stdout.write(text)
            sys.stdout.flush()
    except KeyboardInterrupt:
        return  # the usual way to leave


def inspect(target: Target, results: Results = None, as_json: AsJson = False) -> None:
    """Show the sparsity of a file of weights, layer by layer."""
    from orchestrator.cli import inspection_view
    from orchestrator.cli.printing import width
    from orchestrator.store import inspection, lookup, weight_files

    path = lookup.network(results_folder(results), target)
    layers = inspection.layers(weight_files.read(path))
    if as_json:
        print(json.dumps(inspection_view.as_json(path, layers), indent=1))
    else:
        sys.stdout.write(inspection_view.text(path, layers, width()))


def ui(sweep: AnySweep = None, port: Port = 5000, results: Results = None, tracking_uri: Tracking = None) -> None:
    """Serve MLflow's pages to this machine until Ctrl-C, and print the sweeps' addresses."""
    from orchestrator.store.relocation import follow
    from orchestrator.tracking.mlflow_ui import served

    folder = results_folder(results)
    uri = store(tracking_uri, folder)
    name = sweep and sweep_name(sweep)
    if uri.startswith(("http://", "https://")):  # a server that shows its pages itself
        print(_pages(uri, uri, name) if name else uri)
        return
    follow(folder)
    try:
        with served(uri, port) as (address, server):
            print(_pages(uri, address, name), flush=True)
            server.wait()
    except KeyboardInterrupt:
        return  # the usual way to leave


def _pages(uri: str, server: str, sweep: str | None) -> str:
    """The address of the sweep's page; without a sweep, of the first page and of each sweep's."""
    from orchestrator.tracking import sweep_pages

    if sweep:
        return sweep_pages.of_sweep(uri, server, sweep)
    return "\n".join([server, *(f"{name}: {page}" for name, page in sweep_pages.of_sweeps(uri, server).items())])
