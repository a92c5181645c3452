"""The commands that run a spec, show its plan, or stop its run."""

from __future__ import annotations

import json
import os
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
    results_folder,
    run_options,
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
    """Run the missing trials of a sweep, then write its report."""
    from dataclasses import replace
    from functools import partial

    from orchestrator.cli.reports import redrawing_command
    from orchestrator.execute.progress import Progress, own_stderr

    with own_stderr() as stderr:
        progress = Progress(stderr)
        with progress.phase("Reading the spec"):
            from orchestrator.execute import sweep as sweeps
            from orchestrator.execute.choice import choice

            parsed, planned = _planned(spec, override, offline)
        for warning in planned.warnings:
            progress.say(warning)
        trials = choice(planned, only or (), force or ())
        options = run_options(results, tracking_uri, data_dir)
        if dry_run:
            _show_plan(parsed, planned, trials, options.results, as_json)
            return
        options = replace(
            options, executor=executor.value, address=address or os.environ.get("RAY_ADDRESS") or None,
            max_concurrent=max_concurrent, retry_failed=retry_failed, rerun_mixed=rerun_mixed, choice=trials,
        )  # fmt: skip
        folder = options.results.sweep(planned.name)
        if not no_report:
            options = replace(options, redrawing=redrawing_command(planned.name, options.results))
        progress.say(_places(planned.name, folder, options))
        draw = None if no_report else partial(_draw, planned.name, options, progress)
        end = sweeps.run(parsed, planned, options, progress, draw)
        if end.verdict:
            progress.say(end.verdict)
    report = None if end.verdict is None else str(folder.report)
    if as_json:
        summary = {
            "sweep": planned.name, "report": report, "verdict": end.verdict, "tracking_uri": options.uri,
            "states": end.states,
        }  # fmt: skip
        print(json.dumps(summary, indent=1))
    elif report:
        print(report)
    _check_completed(folder, end.states)
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
    """Show a sweep's trials, how many are done, and what the rest costs."""
    from orchestrator.cli.printing import say
    from orchestrator.execute.choice import choice

    parsed, planned = _planned(spec, override, offline)
    for warning in planned.warnings:
        say(warning)
    _show_plan(parsed, planned, choice(planned, only or (), ()), results_folder(results), as_json)


def trial(
    spec: Spec,
    key: Key,
    override: Overrides = None,
    data_dir: DataDir = None,
    offline: Offline = False,
) -> None:
    """Run one trial in this process on the CPU and print its records; for debugging."""
    from orchestrator.cli.printing import say
    from workloads.errors import SpecError

    parsed, planned = _planned(spec, override, offline)
    for warning in planned.warnings:
        say(warning)
    selected = next((entry.trial for entry in planned.trials if entry.key == key), None)
    if selected is None:
        raise SpecError(f"{spec} has no trial {key}; `sparsity plan {spec} --json` lists the keys")
    from orchestrator.execute.worker import prepare
    from workloads.run import run_trial
    from workloads.trial import Record

    prepare("cpu", parsed.resources.cpus, 0)
    data = selected.workload.load_files(sources(data_dir))
    for event in run_trial(selected, data, precision=parsed.resources.precision, kernels=parsed.resources.kernels):
        if isinstance(event, Record):
            print(json.dumps({"step": event.step, "name": event.name, "value": event.value}))


def cancel(sweep: Sweep, results: Results = None) -> None:
    """Stop a sweep that runs on this machine; its command resumes it."""
    from orchestrator.execute import cancelling
    from orchestrator.store import lookup, status

    folder = lookup.sweep(results_folder(results), sweep_name(sweep))
    stopped = cancelling.cancel(folder)
    counts = status.of_sweep(folder).counts
    states = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    print(f"{folder.path.name} was stopped ({states}); resume it with `{stopped.command}`")


def _planned(path: Path, overrides: list[str] | None, offline: bool) -> tuple[SweepSpec, Plan]:
    from orchestrator.plan.planning import plan as make_plan
    from orchestrator.spec.reading import read

    spec = read(path, overrides or (), offline)
    return spec, make_plan(spec)


def _places(name: str, folder: SweepFolder, options: Options) -> str:
    """Where the results go; the MLflow store is named where it is not the results folder's own."""
    from orchestrator.store.folders import near

    store = "" if options.own_store else f", MLflow store {options.uri}"
    return f"{name}: results in {near(folder.path)}{store}"


def _draw(name: str, options: Options, progress: Progress) -> str | None:
    """Write the report; its verdict. None where it is impossible, and the reason on stderr."""
    from orchestrator.cli.reports import write_report
    from workloads.errors import SparsityError

    with progress.phase("Writing the report"):
        try:
            return write_report([name], options.results, options.uri).verdict
        except SparsityError as error:
            progress.say(str(error))
            return None


def _check_completed(folder: SweepFolder, states: dict[str, State]) -> None:
    """Raise SparsityError, with counts and failures, unless all trials are completed."""
    from collections import Counter

    from orchestrator.store.failures import grouped, text
    from workloads.errors import SparsityError

    incomplete = Counter(state for state in states.values() if state != "completed")
    if incomplete:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(incomplete.items()))
        failures = text(grouped(folder.trial(key) for key, state in states.items() if state == "failed"))
        head = f"{incomplete.total()} of {len(states)} trials are not completed: {counts}"
        raise SparsityError("\n".join([head, *failures]))


def _show_plan(spec: SweepSpec, plan: Plan, choice: Choice, results: ResultsFolder, as_json: bool) -> None:
    from orchestrator.cli import plan_view
    from orchestrator.cli.printing import fitted, say, width
    from orchestrator.execute.mixed import of_another_precision
    from orchestrator.store.plan_file import filled_in

    folder = results.sweep(plan.name)
    if as_json:
        print(json.dumps(filled_in(plan, folder, choice.within(plan)).as_json(), indent=1))
    else:
        print(fitted(plan_view.text(plan, folder, width(), choice), sys.stdout))
    if differing := of_another_precision(spec, plan.trials, folder):
        say(str(differing))
