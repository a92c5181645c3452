"""The commands that show the runs in MLflow; the only module that imports all of dashboards."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.options import (
    AsJson,
    Format,
    Output,
    Results,
    Sweep,
    Sweeps,
    TableFormat,
    Tracking,
    results_folder,
    store,
    sweep_name,
)  # fmt: skip

if TYPE_CHECKING:
    from dashboards.read.results import Results as SweepResults
    from orchestrator.store.folders import ResultsFolder


def report(sweeps: Sweeps, results: Results = None, tracking_uri: Tracking = None) -> None:
    """Write a sweep's report, or the comparison of several, from the MLflow store."""
    from workloads.errors import UsageError

    names = [sweep_name(sweep) for sweep in sweeps]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"{', '.join(repeated)} is named more than once; a comparison takes each sweep once, "
                         "e.g. sparsity report static-levels one-shot-levels")  # fmt: skip
    folder = results_folder(results)
    print(write_report(names, folder, store(tracking_uri, folder)).path)


def table(
    sweep: Sweep,
    style: Format = None,
    output: Output = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    as_json: AsJson = False,
) -> None:
    """Print a sweep's main table, or write it to a file."""
    from workloads.errors import UsageError

    if as_json and style:
        raise UsageError(f"--json and --format {style} are two ways to write the same table; give one of them")
    if style is TableFormat.PARQUET and output is None:
        raise UsageError("--format parquet is not text; name a file with --output")
    from dashboards.read.store import read
    from orchestrator.store.relocation import follow

    folder = results_folder(results)
    follow(folder)
    with _possible():
        data = read(store(tracking_uri, folder), sweep_name(sweep))
    if output:
        _put(output, _encoded(data, style, as_json))
        print(output)
    elif style or as_json or not sys.stdout.isatty():
        sys.stdout.write(_encoded(data, style, as_json).decode())
    else:
        _show(data)


@dataclass(frozen=True)
class WrittenReport:
    """A page on disk."""

    path: Path
    verdict: str  # its answer in a sentence


def write_report(names: list[str], folder: ResultsFolder, uri: str) -> WrittenReport:
    """Write the page of one sweep, or of several to compare. Raises SparsityError where it is impossible."""
    from dashboards.read.merged import merged
    from dashboards.read.store import read
    from dashboards.report import headline, html
    from orchestrator.store.relocation import follow
    from workloads.atomic import replacing
    from workloads.errors import SparsityError

    path = folder.report(names)
    follow(folder)
    with _possible():
        results = merged([read(uri, name) for name in names])
        page, verdict = html(results), headline(results)
    try:
        with replacing(path) as unfinished:
            unfinished.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SparsityError(f"no report: {error.filename or path}: {error.strerror or error}") from error
    return WrittenReport(path, verdict)


@contextmanager
def _possible() -> Iterator[None]:
    """Raise the errors of dashboards as SparsityError."""
    from dashboards.errors import ReportError
    from workloads.errors import SparsityError

    try:
        yield
    except ReportError as error:
        raise SparsityError(str(error)) from error


def _show(data: SweepResults) -> None:
    """The table on a terminal."""
    from rich.console import Console

    from dashboards import tables
    from orchestrator.cli import table_view
    from orchestrator.cli.printing import say, width

    console, sheets = Console(width=width()), tables.shown(data)
    for sheet in sheets:
        title = sheet.title if len(sheets) > 1 else ""
        omitted = table_view.show(console, title, sheet.columns, sheet.rows, sheet.words)
        if omitted:
            say(f"Not shown at {console.width} columns: {', '.join(omitted)}; a wider terminal or --format shows them")


def _encoded(data: SweepResults, style: TableFormat | None, as_json: bool) -> bytes:
    from dashboards import tables

    if as_json:
        return f"{json.dumps(tables.records(data), indent=1)}\n".encode()
    if style is TableFormat.PARQUET:
        return tables.parquet(data)
    writers = {TableFormat.CSV: tables.csv, TableFormat.LATEX: tables.latex}
    return writers.get(style or TableFormat.MARKDOWN, tables.markdown)(data).encode()


def _put(path: Path, content: bytes) -> None:
    from workloads.atomic import replacing
    from workloads.errors import FolderError

    try:
        with replacing(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise FolderError(f"cannot write {path}: {error.strerror}; choose another --output") from error


COMMANDS = (report, table)
