"""Where sweeps stand, for people."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.table import Table

from orchestrator.cli.printing import lines
from orchestrator.store import failures
from orchestrator.store.status import STATES, SweepStatus, TrialStatus


def of_all(sweeps: Sequence[SweepStatus], now: datetime) -> str:
    """One line a sweep: its trials by state, and how long ago it last moved."""
    if not sweeps:
        return ""
    table = Table(box=None, pad_edge=False)
    table.add_column("sweep")
    for heading in (*STATES, "last moved"):
        table.add_column(heading, justify="right")
    for one in sweeps:
        counts = one.counts
        numbers = (f"{counts[state]:,}" if state in counts else "-" for state in STATES)
        table.add_row(one.folder.path.name, *numbers, _ago(one, now))
    return _printed(table)


def of_sweep(sweep: SweepStatus, now: datetime) -> str:
    """The trials by state, then what runs, then what failed."""
    counts = ", ".join(f"{count:,} {state}" for state, count in sweep.counts.items())
    name, total = sweep.folder.path.name, len(sweep.trials)
    return "".join([f"{name}: {total:,} trials: {counts}; last moved {_ago(sweep, now)}\n", *_details(sweep)])


def _details(sweep: SweepStatus) -> Iterator[str]:
    running = [trial for trial in sweep.trials if trial.state == "running"]
    if running:
        table = Table(box=None, pad_edge=False)
        table.add_column("running", no_wrap=True)
        table.add_column("trial", overflow="fold")
        for heading in ("where", "step", "training loss"):
            table.add_column(heading, justify="right", no_wrap=True)
        for trial in running:
            table.add_row(trial.folder.path.name, trial.title, *_progress(trial))
        yield f"\n{_printed(table)}"
    failed = [trial.folder for trial in sweep.trials if trial.state == "failed"]
    if failed:
        yield "\n"
    for line in failures.text(failures.grouped(failed)):
        yield f"{line}\n"


def _progress(trial: TrialStatus) -> tuple[str, str, str]:
    seen = trial.live
    where = " ".join(word for word in (seen.host, seen.device) if word)
    return where, f"{seen.step or 0:,} of {trial.steps:,}", "-" if seen.loss is None else f"{seen.loss:.3g}"


def _ago(sweep: SweepStatus, now: datetime) -> str:
    return f"{timedelta(seconds=max(0, round((now - sweep.moved).total_seconds())))} ago"


def _printed(table: Table) -> str:
    return "".join(f"{line}\n" for line in lines(table))
