"""The command that measures what the finished networks of a sweep save."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from orchestrator.cli.options import DataDir, Offline, Overrides, Results, Sweep, Tracking, run_options

Seeds = Annotated[int, typer.Option(help="The number of seeds whose networks are measured.", min=1, metavar="N")]
Threads = Annotated[int, typer.Option(help="The number of threads that a network computes with.", min=1, metavar="N")]
Calls = Annotated[int, typer.Option(help="The number of timed calls of each network and batch.", min=2, metavar="N")]


def deploy(
    sweep: Sweep,
    seeds: Seeds = 1,
    threads: Threads = 1,
    calls: Calls = 300,
    override: Overrides = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    data_dir: DataDir = None,
    offline: Offline = False,
) -> None:
    """Measure size, latency and outcome of finished networks in other formats.

    One network after another; nothing else should run on the machine meanwhile. What was measured before is kept, so
    that the command resumes."""
    from orchestrator.cli.sync import spec_of
    from orchestrator.execute import sweep as sweeps
    from orchestrator.execute.progress import Progress
    from orchestrator.plan.planning import plan as make_plan
    from orchestrator.spec.header import Deploy
    from orchestrator.store.lock import held
    from workloads.errors import UsageError

    options = run_options(results, tracking_uri, data_dir)
    parsed = spec_of(sweep, options.results, override or (), offline)
    planned, progress = make_plan(parsed), Progress(sys.stderr)
    folder = options.results.sweep(planned.name)
    with held(folder):
        settings = Deploy(seeds=seeds, threads=threads, calls=calls)
        measured = sweeps.deploy(settings, planned, folder, options, progress)
    if not measured.networks:
        place = options.results.path
        raise UsageError(f"{planned.name} has no finished network in {place}; run `sparsity sweep` first")
    arrived = sweeps.sync(parsed, planned, options, progress)
    counts = f"{measured.new:,} of {len(measured.networks):,} networks measured now"
    print(f"{counts}; `sparsity report {planned.name}` shows them")
    if not arrived:
        raise typer.Exit(1)
