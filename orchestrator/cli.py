"""The commands. Heavy imports stand inside them, so that --help is instant.

Results go to stdout, everything else to stderr. Exit codes: 0 all went well; 1 a trial failed or the report is
impossible; 2 nothing was started; 130 Ctrl-C; 143 SIGTERM.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from orchestrator.cli_data import data_app
from orchestrator.cli_options import (
    Address,
    AsJson,
    AtOnce,
    DataDir,
    DryRun,
    Executor,
    Format,
    Key,
    NoReport,
    Offline,
    Overrides,
    Results,
    RetryFailed,
    Spec,
    Sweep,
    Sweeps,
    TableFormat,
    Tracking,
    Where,
)  # fmt: skip

if TYPE_CHECKING:
    from orchestrator.folders import ResultsFolder
    from orchestrator.plan import Plan
    from orchestrator.spec import SweepSpec
    from orchestrator.sweep import Options
    from workloads.settings import Settings

app = typer.Typer(
    name="sparsity",
    help="Sweeps of experiments on sparse neural networks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(data_app, name="data")


def main() -> None:
    """The console script: a user's mistake is a message and an exit code, never a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        from workloads.errors import SparsityError, UsageError

        app()
    except UsageError as error:
        _leave(str(error), 2)
    except SparsityError as error:
        _leave(str(error), 1)
    except OSError as error:  # a full disk or a missing permission, of whatever file
        _leave(f"{error.filename or 'a file'}: {error.strerror or error}; mend that, then run the command again", 1)
    except KeyboardInterrupt:
        _leave("interrupted; the same command goes on where this one stopped", 130)


@app.command()
def sweep(
    spec: Spec,
    dry_run: DryRun = False,
    override: Overrides = None,
    executor: Where = Executor.RAY,
    address: Address = None,
    max_concurrent: AtOnce = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    data_dir: DataDir = None,
    offline: Offline = False,
    retry_failed: RetryFailed = False,
    no_report: NoReport = False,
    as_json: AsJson = False,
) -> None:
    """Run what is missing of a sweep, then write its report."""
    from dataclasses import replace

    from orchestrator import sweep as sweeps
    from orchestrator.progress import Progress

    wanted, planned = _planned(spec, override, offline)
    options = _options(results, tracking_uri, data_dir)
    if dry_run:
        _show_plan(planned, options.results, as_json)
        return
    chosen = {"executor": executor.value, "address": address, "max_concurrent": max_concurrent}
    options = replace(options, **chosen, retry_failed=retry_failed)
    progress = Progress(sys.stderr)
    progress.say(f"{planned.name}: results in {options.results.sweep(planned.name).path}, MLflow store {options.uri}")
    states = sweeps.run(wanted, planned, options, progress)
    incomplete = {key: state for key, state in states.items() if state != "completed"}
    report = None if no_report else _write_report([planned.name], options.results, options.uri)
    if report:
        sweeps.send_report(planned, options, progress)
    if as_json:
        place = str(report) if report else None
        told = {"sweep": planned.name, "report": place, "tracking_uri": options.uri, "states": states}
        print(json.dumps(told, indent=1))
    elif report:
        print(report)
    if incomplete:
        named = ", ".join(f"{key} {state}" for key, state in incomplete.items())
        _leave(f"{len(incomplete)} of {len(states)} trials are not completed: {named}", 1)
    if report is None and not no_report:
        raise typer.Exit(1)


@app.command()
def plan(
    spec: Spec, override: Overrides = None, results: Results = None, offline: Offline = False, as_json: AsJson = False
) -> None:
    """Show a sweep's trials, what is done of them, and what the rest will cost."""
    from orchestrator.folders import ResultsFolder

    _, planned = _planned(spec, override, offline)
    _show_plan(planned, ResultsFolder.chosen(results, os.environ), as_json)


@app.command()
def trial(
    spec: Spec,
    key: Key,
    override: Overrides = None,
    data_dir: DataDir = None,
    offline: Offline = False,
) -> None:
    """Run one trial in this process on the CPU, print its records, keep nothing: for looking into it."""
    from workloads.data.sources import Sources
    from workloads.errors import SpecError

    wanted, planned = _planned(spec, override, offline)
    found = [one.trial for one in planned.trials if one.key == key]
    if not found:
        raise SpecError(f"{spec} has no trial {key}; `sparsity plan {spec}` shows those it has")
    from orchestrator.trainable import prepare
    from workloads.run import run_trial
    from workloads.trial import Record

    prepare("cpu", wanted.resources.cpus, 0)
    images = found[0].workload.load(Sources.from_environment(data_dir, os.environ))
    for event in run_trial(found[0], images, precision=wanted.resources.precision):
        if isinstance(event, Record):
            print(json.dumps({"step": event.step, "name": event.name, "value": event.value}))


@app.command()
def report(sweeps: Sweeps, results: Results = None, tracking_uri: Tracking = None) -> None:
    """Write a sweep's report, or the comparison of several, from the MLflow store."""
    from orchestrator.folders import ResultsFolder
    from workloads.errors import UsageError

    names = [_sweep_name(sweep) for sweep in sweeps]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"{', '.join(repeated)} is named more than once; a comparison takes each sweep once, "
                         "e.g. sparsity report static-levels one-shot-levels")  # fmt: skip
    folder = ResultsFolder.chosen(results, os.environ)
    written = _write_report(names, folder, _tracking_uri(tracking_uri) or folder.tracking_uri)
    if written is None:
        raise typer.Exit(1)
    print(written)


@app.command()
def table(
    sweep: Sweep,
    style: Format = TableFormat.MARKDOWN,
    results: Results = None,
    tracking_uri: Tracking = None,
) -> None:
    """Print a sweep's main table."""
    from dashboards.errors import ReportError
    from dashboards.results import read
    from dashboards.tables import csv, markdown
    from orchestrator.folders import ResultsFolder
    from orchestrator.moved import follow

    folder = ResultsFolder.chosen(results, os.environ)
    name = _sweep_name(sweep)
    follow(folder)
    try:
        found = read(_tracking_uri(tracking_uri) or folder.tracking_uri, name)
    except ReportError as error:
        _leave(str(error), 1)
    print({TableFormat.MARKDOWN: markdown, TableFormat.CSV: csv}[style](found), end="")


@app.command()
def sync(
    spec: Spec,
    override: Overrides = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    offline: Offline = False,
) -> None:
    """Send to MLflow what it has missed of a sweep."""
    from orchestrator import sweep as sweeps
    from orchestrator.progress import Progress

    wanted, planned = _planned(spec, override, offline)
    if not sweeps.sync(wanted, planned, _options(results, tracking_uri, None), Progress(sys.stderr)):
        raise typer.Exit(1)


@app.command()
def methods(as_json: AsJson = False) -> None:
    """List the pruning methods and their settings."""
    from workloads.catalog import METHODS

    _show_settings(METHODS, as_json)


@app.command()
def workloads(as_json: AsJson = False) -> None:
    """List the workloads and their settings."""
    from workloads.catalog import WORKLOADS

    _show_settings(WORKLOADS, as_json)


def _planned(path: Path, overrides: list[str] | None, offline: bool) -> tuple[SweepSpec, Plan]:
    from orchestrator.plan import plan as made
    from orchestrator.spec import read

    spec = read(path, overrides or (), offline)
    planned = made(spec)
    for warning in planned.warnings:
        print(warning, file=sys.stderr)
    return spec, planned


def _options(results: Path | None, tracking_uri: str | None, data_dir: Path | None) -> Options:
    from orchestrator.folders import ResultsFolder
    from orchestrator.sweep import Options
    from workloads.data.sources import Sources

    return Options(
        results=ResultsFolder.chosen(results, os.environ),
        sources=Sources.from_environment(data_dir, os.environ),
        tracking_uri=_tracking_uri(tracking_uri),
    )


def _tracking_uri(option: str | None) -> str | None:
    """An empty variable counts as unset."""
    return option or os.environ.get("MLFLOW_TRACKING_URI") or None


def _sweep_name(sweep: str) -> str:
    """A sweep is named by its name or by its spec."""
    path = Path(sweep)
    if path.suffix not in (".yaml", ".yml"):
        return sweep
    from orchestrator.spec import read

    return read(path).name


def _write_report(names: list[str], folder: ResultsFolder, uri: str) -> Path | None:
    """The report's path; None, and the reason on stderr, where it is impossible."""
    from dashboards.errors import ReportError
    from dashboards.merged import merged
    from dashboards.report import html
    from dashboards.results import read
    from orchestrator.moved import follow
    from workloads.atomic import replacing

    path = folder.report(names)
    follow(folder)
    try:
        page = html(merged([read(uri, name) for name in names]))
        with replacing(path) as unfinished:
            unfinished.write_text(page, encoding="utf-8")
    except ReportError as error:
        print(error, file=sys.stderr)
        return None
    except OSError as error:
        print(f"no report: {error.filename or path}: {error.strerror or error}", file=sys.stderr)
        return None
    return path


def _show_plan(plan: Plan, folder: ResultsFolder, as_json: bool) -> None:
    from orchestrator import plan_view

    place = folder.sweep(plan.name)
    print(json.dumps(plan_view.filled_in(plan, place), indent=1) if as_json else plan_view.text(plan, place))


def _show_settings(classes: tuple[type[Settings], ...], as_json: bool) -> None:
    from orchestrator import catalog_view

    print(json.dumps(catalog_view.schemas(classes), indent=1) if as_json else catalog_view.text(classes))


def _terminated(number: int, frame: object) -> NoReturn:
    del number, frame
    raise SystemExit(143)


def _leave(text: str, code: int) -> NoReturn:
    print(text, file=sys.stderr)
    raise SystemExit(code)
