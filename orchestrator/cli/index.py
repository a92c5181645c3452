"""The index of a results folder, which is a page on all its sweeps, and the summaries that it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboards.index import Summary, SweepRow
    from dashboards.plan_file import PlanFile
    from dashboards.read.results import Results
    from orchestrator.store.folders import ResultsFolder, SweepFolder


def write_summary(sweep: SweepFolder, results: Results) -> None:
    """Keep beside a sweep's report what the index tells of it."""
    from dashboards.index import summary
    from dashboards.report import headline
    from workloads.atomic import write_text

    write_text(sweep.summary, f"{summary(results, headline(results)).model_dump_json(indent=1)}\n")


def write_missing_summaries(folder: ResultsFolder, uri: str, say: Callable[[str], None]) -> None:
    """Make the summaries of reports that have none: those of older versions. What is impossible is said."""
    from dashboards.errors import ReportError

    without = [sweep for sweep in _sweeps(folder) if sweep.report.is_file() and _summary(sweep) is None]
    if without:  # usually none, and then nothing imports what reads a store
        from dashboards.read.store import read
    for sweep in without:
        try:
            write_summary(sweep, read(uri, sweep.path.name))
        except ReportError as error:
            say(f"no verdict of {sweep.path.name} in the index: {error}")


def write_index(folder: ResultsFolder) -> Path:
    """Write the page on all sweeps; its path. It reads no runs: a summary and a plan a sweep."""
    from filelock import FileLock

    from dashboards.index import html
    from workloads.atomic import write_text

    with FileLock(folder.path / f".{folder.index.name}.lock"):  # of two sweeps that end at once none is left out
        write_text(folder.index, html(_row(sweep) for sweep in _sweeps(folder)))
    return folder.index


def _sweeps(folder: ResultsFolder) -> list[SweepFolder]:
    """All that ran in the folder or have a report there, by name."""
    from orchestrator.spec.names import is_legal

    files = (*folder.path.glob("*/plan.json"), *folder.path.glob("*/report.html"))
    return [folder.sweep(name) for name in sorted({file.parent.name for file in files}) if is_legal(name)]


def _row(sweep: SweepFolder) -> SweepRow:
    from dashboards.index import SweepRow
    from orchestrator.store import plan_file

    name = sweep.path.name
    plan, summary = plan_file.read(sweep), _summary(sweep)
    report = f"{name}/{sweep.report.name}" if sweep.report.is_file() else None
    row = SweepRow(name, plan, summary if report else None, report, summary.newest if summary else None)
    return row if row.summary and not row.outdated else replace(row, newest=_newest(sweep, plan))


def _summary(sweep: SweepFolder) -> Summary | None:
    """None where there is none, or a damaged one."""
    from dashboards.index import Summary

    try:
        return Summary.model_validate_json(sweep.summary.read_bytes())
    except (OSError, ValueError):
        return None


def _newest(sweep: SweepFolder, plan: PlanFile | None) -> int | None:
    """When the newest completed trial ended, as the journals have it."""
    from orchestrator.store.journal import newest_time

    completed = [trial.key for trial in plan.trials if trial.state == "completed"] if plan else []
    times = [time for key in completed if (time := newest_time(sweep.trial(key))) is not None]
    return max(times, default=None)
