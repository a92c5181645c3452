"""The arguments and options that commands share, and what they come to."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.models import OptionInfo

if TYPE_CHECKING:
    from orchestrator.store.folders import ResultsFolder
    from workloads.data.sources import Sources


class Executor(StrEnum):
    """Where trials run."""

    RAY = "ray"
    INLINE = "inline"


class TableFormat(StrEnum):
    """How a table is written."""

    MARKDOWN = "markdown"
    CSV = "csv"
    PARQUET = "parquet"


def option(text: str, *names: str, **more: Any) -> OptionInfo:
    """An option whose help says itself what happens where it is not given."""
    return typer.Option(*names, help=text, show_default=False, **more)


Spec = Annotated[Path, typer.Argument(help="The sweep's YAML file.", show_default=False)]
Sweep = Annotated[str, typer.Argument(help="The sweep's name, or its YAML file.", show_default=False)]
Sweeps = Annotated[
    list[str] | None,
    typer.Argument(
        help="The sweep's name, or its YAML file; several are compared. Without one: the index of all sweeps.",
        show_default=False,
    ),
]
Key = Annotated[str, typer.Argument(help="A trial's key, as `plan` shows it.", show_default=False)]
AnySweep = Annotated[str | None, typer.Argument(help="A sweep's name, or its YAML file; all sweeps unless given.")]
KeyStart = Annotated[str, typer.Argument(help="A trial's key, or its unique beginning.", show_default=False)]
Target = Annotated[
    str,
    typer.Argument(
        metavar="FILE_OR_RUN", help="A file of weights, or a run: SWEEP/KEY or SWEEP/KEY/LABEL.", show_default=False
    ),
]
Overrides = Annotated[list[str] | None, option("Override a setting; may be repeated.", "--set", metavar="KEY=VALUE")]
Results = Annotated[Path | None, option("The results folder [SPARSITY_RESULTS; default: ./results].")]
Tracking = Annotated[str | None, option("The MLflow store [MLFLOW_TRACKING_URI; default: in the results folder].")]
DataDir = Annotated[Path | None, option("The data cache [SPARSITY_DATA; default: the user's cache folder].")]
Address = Annotated[str | None, option("Of a Ray cluster; without it Ray runs on this machine.")]
AtOnce = Annotated[int | None, option("Trials at once; as many as fit unless given.", min=1)]
DataNames = Annotated[list[str] | None, typer.Argument(help="Names of data sets.", show_default=False)]
Offline = Annotated[bool, typer.Option("--offline", help="Learn from embedded stand-in data; every report says so.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")]
Where = Annotated[Executor, typer.Option(help="Ray Tune, or one trial after another here.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Run failed trials again.")]
RerunMixed = Annotated[
    bool,
    typer.Option("--rerun-mixed", help="Train finished trials anew if their precision or kind of device is another."),
]
Only = Annotated[
    list[str] | None, option("This trial and its twin alone; its key or the beginning; may be repeated.", metavar="KEY")
]
Force = Annotated[
    list[str] | None, option("Run this trial again though it is done; named likewise, may be repeated.", metavar="KEY")
]
NoReport = Annotated[bool, typer.Option("--no-report", help="Write no report, and leave the index as it is.")]
Format = Annotated[TableFormat | None, option("How to write it; markdown unless given.", "--format")]
Output = Annotated[Path | None, option("The file to write to, instead of stdout.")]
Figures = Annotated[
    Path | None,
    option("Write every figure (SVG, PDF) and table (CSV, Markdown, LaTeX), the methods paragraph and BibTeX into this "
           "folder, for a paper, instead of the page.", "--figures", metavar="DIR"),
]  # fmt: skip
AllNumbers = Annotated[
    bool, typer.Option("--json", help="Print all numbers as JSON, instead of writing the page.")
]  # fmt: skip
Follow = Annotated[bool, typer.Option("--follow", help="Go on with what is written until the trial has ended.")]
Port = Annotated[int, typer.Option(help="On which to listen.", min=1, max=65_535)]


def results_folder(option: Path | None) -> ResultsFolder:
    """The results folder that the command is about."""
    from orchestrator.store.folders import ResultsFolder

    return ResultsFolder.chosen(option, os.environ)


def sources(data_dir: Path | None) -> Sources:
    """Where data sets come from."""
    from workloads.data.sources import Sources

    return Sources.from_environment(data_dir, os.environ)


def given_uri(option: str | None) -> str | None:
    """The MLflow store that was named; an empty variable counts as unset."""
    return option or os.environ.get("MLFLOW_TRACKING_URI") or None


def store(option: str | None, results: ResultsFolder) -> str:
    """The MLflow store: the one that was named, else that of the results folder."""
    return given_uri(option) or results.tracking_uri


def sweep_name(sweep: str) -> str:
    """A sweep is named by its name or by its spec. Raises SpecError."""
    path = Path(sweep)
    if path.suffix not in (".yaml", ".yml"):
        return sweep
    from orchestrator.spec.reading import read

    return read(path).name
