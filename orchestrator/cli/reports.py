"""The commands that show the runs in MLflow. Only this module and index.py import all of dashboards."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.options import (
    AllNumbers,
    AsJson,
    Figures,
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

GIVING_WAY = "from orchestrator.environment import give_way; give_way(); from orchestrator.cli.main import main; main()"


def report(
    sweeps: Sweeps = None,
    figures: Figures = None,
    results: Results = None,
    tracking_uri: Tracking = None,
    as_json: AllNumbers = False,
) -> None:
    """Write a sweep's report, or a comparison of several; without a name, an index of all."""
    from workloads.errors import UsageError

    names = [sweep_name(sweep) for sweep in sweeps or ()]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"{', '.join(repeated)} is named more than once; a comparison takes each sweep once, "
                         "e.g. sparsity report static-levels one-shot-levels")  # fmt: skip
    if as_json and figures:
        raise UsageError("--json and --figures take the place of the page each; give one of them")
    folder = results_folder(results)
    uri = store(tracking_uri, folder)
    if not names:
        if as_json or figures:
            raise UsageError("--json and --figures need the name of a sweep, e.g. sparsity report static-levels --json")
        print(_index_of_all(folder, uri))
    elif as_json:
        _print_numbers(names, folder, uri)
    elif figures is not None:
        _write_figures(names, folder, uri, figures)
    else:
        print(write_report(names, folder, uri).path)


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


def _print_numbers(names: list[str], folder: ResultsFolder, uri: str) -> None:
    from dashboards.exports import record

    with _possible():
        numbers = record(_results(names, folder, uri))
    print(json.dumps(numbers, indent=1, ensure_ascii=False, allow_nan=False))


def _write_figures(names: list[str], folder: ResultsFolder, uri: str, place: Path) -> None:
    """Write what a paper takes into the folder `place`, file by file, and print the paths."""
    from dashboards.exports import files

    with _possible():
        for name, content in files(_results(names, folder, uri)):
            _put(place / name, content, "--figures")
            print(place / name)


def _results(names: list[str], folder: ResultsFolder, uri: str) -> SweepResults:
    """The results of one sweep, or of several as one. Raises ReportError where there are none."""
    from dashboards.read.merged import merged
    from dashboards.read.store import read
    from orchestrator.store.relocation import follow

    follow(folder)
    return merged([read(uri, name) for name in names])


def write_report(names: list[str], folder: ResultsFolder, uri: str) -> WrittenReport:
    """Write the page of one sweep, which the index then lists, or of several to compare.

    Raises SparsityError if it is impossible."""
    from dashboards.report import headline, html
    from orchestrator.cli import index
    from workloads.atomic import replacing
    from workloads.errors import SparsityError

    path = folder.report(names)
    with _possible():
        results = _results(names, folder, uri)
        page, verdict = html(results), headline(results)
    try:
        with replacing(path) as unfinished:
            unfinished.write_text(page, encoding="utf-8")
        if len(names) == 1:
            index.write_summary(folder.sweep(names[0]), results)
            index.write_index(folder)
    except OSError as error:
        raise SparsityError(f"no report: {error.filename or path}: {error.strerror or error}") from error
    return WrittenReport(path, verdict)


def redrawing_command(name: str, folder: ResultsFolder) -> tuple[str, ...]:
    """The command that makes the page of one sweep in a process of its own, which gives way to all others."""
    return (sys.executable, "-P", "-c", GIVING_WAY, "report", name, "--results", str(folder.path))


def _index_of_all(folder: ResultsFolder, uri: str) -> Path:
    """Write the index, and before that what it lacks. Raises SparsityError where there is no such folder."""
    from orchestrator.cli import index
    from orchestrator.store.relocation import follow
    from workloads.errors import SparsityError

    if not folder.path.is_dir():
        raise SparsityError(f"{folder.path} does not exist: there are no results here yet; run `sparsity sweep SPEC`, "
                            "or name the folder that holds them with --results")  # fmt: skip
    follow(folder)
    try:
        index.write_missing_summaries(folder, uri, lambda text: print(text, file=sys.stderr))
        return index.write_index(folder)
    except OSError as error:
        raise SparsityError(f"no index: {error.filename or folder.index}: {error.strerror or error}") from error


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

    console, sheets = Console(width=width()), tables.page_tables(data)
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


def _put(path: Path, content: bytes, option: str = "--output") -> None:
    from workloads.atomic import replacing
    from workloads.errors import FolderError

    try:
        with replacing(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise FolderError(f"cannot write {path}: {error.strerror}; choose another {option}") from error


COMMANDS = (report, table)
