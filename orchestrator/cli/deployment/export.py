"""The command that writes a trained network for use elsewhere."""

from __future__ import annotations

import json
import sys
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli.options import AsJson, DataDir, Results, option, results_folder, sources
from workloads.deploy.names import FormatName

if TYPE_CHECKING:
    from workloads.deploy.export import ExportReport

Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run: SWEEP/KEY or SWEEP/KEY/LABEL; or a file: of a run, an export, or a state dict with --workload.",
        show_default=False,
    ),
]
To = Annotated[
    FormatName,
    option("dense: the state dict. bitmask: nonzero weights, and a bit for each weight. csr: compressed sparse rows. "
           "shrunk: without dead units. int8: a byte for each weight. onnx: a graph for other programs.", "--to"),
]  # fmt: skip
File = Annotated[Path, option("The file to write.", "--output", "-o", metavar="FILE")]
OfWorkload = Annotated[
    str | None,
    option("The network of a file that does not name it: a workload's NAME, or a YAML mapping such as "
           "'{name: digits_mlp, hidden: [8, 6]}'.", "--workload", metavar="NAME"),
]  # fmt: skip
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there.")]


def export(
    run: Run,
    to: To,
    output: File,
    workload: OfWorkload = None,
    overwrite: Overwrite = False,
    results: Results = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a trained network in another format, read it again, and compare size and outputs."""
    from workloads.errors import FolderError, UsageError

    if output.exists() and not overwrite:
        raise UsageError(f"{output} is there already; choose another --output, or replace it with --overwrite")
    from orchestrator.spec.workload_text import workload as of_text
    from orchestrator.store import lookup, weight_files
    from workloads.deploy import export as exporting
    from workloads.deploy.probe import probe

    settings = None if workload is None else of_text(workload)
    state = weight_files.network(lookup.network(results_folder(results), run), settings)
    inputs = probe(state.workload, sources(data_dir))
    try:
        report = exporting.export(state, to, output, inputs)
    except OSError as error:
        raise FolderError(f"cannot write {output}: {error.strerror}; choose another --output") from error
    if as_json:
        print(json.dumps(_json(report), indent=1))
    else:
        sys.stdout.write(_text(report))


def _json(report: ExportReport) -> dict[str, Any]:
    """Every figure; sizes are bytes. What is no finite number is null."""
    figures = {"largest_difference": report.difference, "largest_output": report.largest_output}
    finite = {name: value if value is not None and isfinite(value) else None for name, value in figures.items()}
    return {
        "file": str(report.path), "format": report.format, "bytes": report.bytes, "arithmetic_bytes": report.arithmetic,
        "dense_bytes": report.dense, "times_smaller": report.times_smaller, **finite,
        "inputs": report.inputs, "left_out": report.left_out, "notes": report.notes,
    }  # fmt: skip


def _text(report: ExportReport) -> str:
    """A line for each figure, then the notes."""
    difference = "not compared" if report.difference is None else f"{report.difference:.3g}"
    lines = (
        f"{report.path}: {report.format}, {report.bytes:,} bytes",
        f"by arithmetic       {report.arithmetic:,} bytes; the rest is the header",
        f"dense               {report.dense:,} bytes, {report.times_smaller:.2f} times the file",
        f"largest difference  {difference}; the largest output is {report.largest_output:.3g}, on {report.inputs}",
        f"left out            {'; '.join(report.left_out)}",
        *(f"note                {note}" for note in report.notes),
    )
    return "".join(f"{line}\n" for line in lines)
