"""The commands that run a spec, or look at what it comes to."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from orchestrator.cli.options import (
    Address,
    AsJson,
    AtOnce,
    DataDir,
    DryRun,
    Executor,
    Force,
    Key,
    NoReport,
    Offline,
    Only,
    Overrides,
    RerunMixed,
    Results,
    RetryFailed,
    Spec,
    Sweep,
    Tracking,
    Where,
    given_uri,
    results_folder,
    sources,
    sweep_name,
)  # fmt: skip

if TYPE_CHECKING:
    from orchestrator.execute.choice import Choice
    from orchestrator.execute.progress import Progress
    from orchestrator.execute.sweep import Options
    from orchestrator.plan.planning import Plan
    from orchestrator.spec.reading import SweepSpec
    from orchestrator.store.folders import ResultsFolder, SweepFolder
    from orchestrator.store.journal import State


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
    rerun_mixed: RerunMixed = False,
    only: Only = None,
    force: Force = None,
    no_report: NoReport = False,
    as_json: AsJson = False,
) -> None:
    """Run what is missing of a sweep, then write its report."""
    from dataclasses import replace

    from orchestrator.cli.reports import redrawing_command
    from orchestrator.execute import sweep as sweeps
    from orchestrator.execute.choice import choice
    from orchestrator.execute.progress import Progress, own_stderr
    from orchestrator.execute.worker import captured

    wanted, planned = _planned(spec, override, offline)
    chosen = choice(planned, only or (), force or ())
    options = _options(results, tracking_uri, data_dir)
    if dry_run:
        _show_plan(wanted, planned, chosen, options.results, as_json)
        return
    options = replace(
        options, executor=executor.value, address=address, max_concurrent=max_concurrent, retry_failed=retry_failed,
        rerun_mixed=rerun_mixed, choice=chosen,
    )  # fmt: skip
    place = options.results.sweep(planned.name)
    if not no_report:
        options = replace(options, redrawing=redrawing_command(planned.name, options.results))
    with own_stderr() as stderr:
        progress = Progress(stderr)
        progress.say(f"{planned.name}: results in {place.path}, MLflow store {options.uri}")
        states = sweeps.run(wanted, planned, options, progress)
        with captured(place.log):
            report = None if no_report else _report(planned, options, progress)
    if as_json:
        told = {"sweep": planned.name, "report": report and str(report), "tracking_uri": options.uri, "states": states}
        print(json.dumps(told, indent=1))
    elif report:
        print(report)
    _complain(place, states)
    if report is None and not no_report:
        raise typer.Exit(1)


def plan(
    spec: Spec,
    override: Overrides = None,
    results: Results = None,
    offline: Offline = False,
    only: Only = None,
    as_json: AsJson = False,
) -> None:
    """Show a sweep's trials, what is done of them, and what the rest will cost."""
    from orchestrator.execute.choice import choice

    wanted, planned = _planned(spec, override, offline)
    _show_plan(wanted, planned, choice(planned, only or (), ()), results_folder(results), as_json)


def trial(
    spec: Spec,
    key: Key,
    override: Overrides = None,
    data_dir: DataDir = None,
    offline: Offline = False,
) -> None:
    """Run one trial in this process on the CPU, print its records, keep nothing: for looking into it."""
    from workloads.errors import SpecError

    wanted, planned = _planned(spec, override, offline)
    found = [one.trial for one in planned.trials if one.key == key]
    if not found:
        raise SpecError(f"{spec} has no trial {key}; `sparsity plan {spec}` shows those it has")
    from orchestrator.execute.worker import prepare
    from workloads.run import run_trial
    from workloads.trial import Record

    prepare("cpu", wanted.resources.cpus, 0)
    data = found[0].workload.load(sources(data_dir))
    for event in run_trial(found[0], data, precision=wanted.resources.precision):
        if isinstance(event, Record):
            print(json.dumps({"step": event.step, "name": event.name, "value": event.value}))


def cancel(sweep: Sweep, results: Results = None) -> None:
    """Ask a sweep that runs on this machine to stop; the same command goes on with it later."""
    from orchestrator.execute import cancelling
    from orchestrator.store import lookup, status

    folder = lookup.sweep(results_folder(results), sweep_name(sweep))
    stopped = cancelling.cancel(folder)
    counts = status.of_sweep(folder).counts
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    print(f"{folder.path.name} was stopped ({told}); go on with `{stopped.command}`")


def sync(
    spec: Spec,
    override: Overrides = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    offline: Offline = False,
) -> None:
    """Send to MLflow what it has missed of a sweep."""
    from orchestrator.execute import sweep as sweeps
    from orchestrator.execute.progress import Progress

    wanted, planned = _planned(spec, override, offline)
    if not sweeps.sync(wanted, planned, _options(results, tracking_uri, None), Progress(sys.stderr)):
        raise typer.Exit(1)


def _planned(path: Path, overrides: list[str] | None, offline: bool) -> tuple[SweepSpec, Plan]:
    from orchestrator.plan.planning import plan as made
    from orchestrator.spec.reading import read

    spec = read(path, overrides or (), offline)
    planned = made(spec)
    for warning in planned.warnings:
        print(warning, file=sys.stderr)
    return spec, planned


def _options(results: Path | None, tracking_uri: str | None, data_dir: Path | None) -> Options:
    from orchestrator.execute.sweep import Options

    return Options(results=results_folder(results), sources=sources(data_dir), tracking_uri=given_uri(tracking_uri))


def _report(planned: Plan, options: Options, progress: Progress) -> Path | None:
    """The report's path; None, and the reason told, where it is impossible."""
    from orchestrator.cli.reports import write_report
    from orchestrator.execute.sweep import send_report
    from workloads.errors import SparsityError

    try:
        path = write_report([planned.name], options.results, options.uri)
    except SparsityError as error:
        progress.say(str(error))
        return None
    send_report(planned, options, progress)
    return path


def _complain(place: SweepFolder, states: dict[str, State]) -> None:
    """Raise SparsityError unless all trials are completed: how many are not, and what went wrong with them."""
    from collections import Counter

    from orchestrator.store.failures import grouped, text
    from workloads.errors import SparsityError

    counted = Counter(state for state in states.values() if state != "completed")
    if counted:
        told = ", ".join(f"{count} {state}" for state, count in sorted(counted.items()))
        wrong = text(grouped(place.trial(key) for key, state in states.items() if state == "failed"))
        head = f"{counted.total()} of {len(states)} trials are not completed: {told}"
        raise SparsityError("\n".join([head, *wrong]))


def _show_plan(spec: SweepSpec, plan: Plan, choice: Choice, folder: ResultsFolder, as_json: bool) -> None:
    from orchestrator.cli import plan_view
    from orchestrator.execute.mixed import of_another_precision
    from orchestrator.store.plan_file import filled_in

    place = folder.sweep(plan.name)
    if as_json:
        print(json.dumps(filled_in(plan, place, choice.within(plan)).as_json(), indent=1))
    else:
        print(plan_view.text(plan, place, choice))
    if differing := of_another_precision(spec, plan.trials, place):
        print(differing, file=sys.stderr)


COMMANDS = (sweep, plan, trial, cancel, sync)
