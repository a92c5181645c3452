"""The arguments and options that commands share, and the objects that they stand for."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.models import OptionInfo

from orchestrator.cli.completion import sweep_names, trial_keys

if TYPE_CHECKING:
    from orchestrator.execute.sweep import Options
    from orchestrator.store.folders import ResultsFolder
    from workloads.data.sources import Sources


class Executor(StrEnum):
    """Where trials run."""

    RAY = "ray"
    INLINE = "inline"


class TableFormat(StrEnum):
    """The format of a table."""

    MARKDOWN = "markdown"
    CSV = "csv"
    PARQUET = "parquet"
    LATEX = "latex"


def option(text: str, *names: str, **more: Any) -> OptionInfo:
    """An option without a default in its help: the text names it."""
    return typer.Option(*names, help=text, show_default=False, **more)


Spec = Annotated[Path, typer.Argument(help="The sweep's YAML file.", show_default=False)]
Sweep = Annotated[
    str, typer.Argument(help="The sweep's name or YAML file.", show_default=False, autocompletion=sweep_names)
]
Sweeps = Annotated[
    list[str] | None,
    typer.Argument(
        help="The sweep's name or YAML file; several are compared. If absent: the index of all sweeps.",
        show_default=False,
        autocompletion=sweep_names,
    ),
]
Key = Annotated[str, typer.Argument(help="A trial's key; `plan --json` lists them.", show_default=False)]
AnySweep = Annotated[
    str | None,
    typer.Argument(
        help="A sweep's name or YAML file; all sweeps if absent.", show_default=False, autocompletion=sweep_names
    ),
]
AnyKey = Annotated[
    str | None,
    typer.Argument(
        help="A trial's key, or its unique beginning; lists the trials if absent.",
        show_default=False,
        autocompletion=trial_keys,
    ),
]
Target = Annotated[
    str,
    typer.Argument(
        metavar="FILE_OR_RUN", help="A file of weights, or a run: SWEEP/KEY or SWEEP/KEY/LABEL.", show_default=False
    ),
]
Overrides = Annotated[list[str] | None, option("Override a setting; repeatable.", "--set", metavar="KEY=VALUE")]
Results = Annotated[Path | None, option("The results folder [SPARSITY_RESULTS; default: ./results].", metavar="DIR")]
Tracking = Annotated[
    str | None, option("The MLflow store [MLFLOW_TRACKING_URI; default: in the results folder].", metavar="URI")
]
DataDir = Annotated[
    Path | None, option("The data cache [SPARSITY_DATA; default: the user's cache folder].", metavar="DIR")
]
Address = Annotated[
    str | None, option("The Ray cluster [RAY_ADDRESS; default: Ray starts on this machine].", metavar="HOST:PORT")
]
AtOnce = Annotated[int | None, option("Trials at once; if absent, as many as fit.", min=1, metavar="N")]
DataNames = Annotated[list[str] | None, typer.Argument(help="Names of data sets.", show_default=False)]
Offline = Annotated[bool, typer.Option("--offline", help="Use embedded stand-in data; every report says so.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")]
Remove = Annotated[bool, typer.Option("--remove", help="Remove them; if absent, they are only listed.")]
Where = Annotated[Executor, typer.Option(help="Ray Tune, or one trial after another in this process.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Run failed trials again.")]
RerunMixed = Annotated[
    bool,
    typer.Option("--rerun-mixed", help="Train finished trials again if their precision or kind of device differs."),
]
Only = Annotated[
    list[str] | None, option("Only this trial and its twin: its key or the beginning; repeatable.", metavar="KEY")
]
Force = Annotated[list[str] | None, option("Run this trial again even if it is done; repeatable.", metavar="KEY")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Do not write a report.")]
Format = Annotated[
    TableFormat | None, option("The format; if absent, a table on a terminal and Markdown elsewhere.", "--format")
]
Output = Annotated[Path | None, option("The file to write to, instead of stdout.", metavar="FILE")]
Figures = Annotated[
    Path | None,
    option("Write every figure (SVG, PDF) and table (CSV, Markdown, LaTeX), the methods paragraph and BibTeX into this "
           "folder, instead of the page.", "--figures", metavar="DIR"),
]  # fmt: skip
AllNumbers = Annotated[
    bool, typer.Option("--json", help="Print all numbers as JSON, instead of writing the page.")
]  # fmt: skip
Follow = Annotated[bool, typer.Option("--follow", help="Also print what is added, until the trial ends.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535, metavar="N")]


def results_folder(option: Path | None) -> ResultsFolder:
    """The results folder: the option, else SPARSITY_RESULTS, else ./results."""
    from orchestrator.store.folders import ResultsFolder

    return ResultsFolder.chosen(option, os.environ)


def sources(data_dir: Path | None) -> Sources:
    """The sources of data sets."""
    from workloads.data.sources import Sources

    return Sources.from_environment(data_dir, os.environ)


def given_uri(option: str | None) -> str | None:
    """The MLflow store: the option, else MLFLOW_TRACKING_URI; None where both are unset or empty."""
    return option or os.environ.get("MLFLOW_TRACKING_URI") or None


def store(option: str | None, results: ResultsFolder) -> str:
    """The MLflow store: the given one, else that of the results folder."""
    return given_uri(option) or results.tracking_uri


def is_spec(sweep: str) -> bool:
    """Whether a sweep is named by its YAML file rather than by its name."""
    return Path(sweep).suffix in (".yaml", ".yml")


def sweep_name(sweep: str) -> str:
    """The name of a sweep given by its name or its YAML file. Raises SpecError."""
    if not is_spec(sweep):
        return sweep
    from orchestrator.spec.reading import read

    return read(Path(sweep)).name


def run_options(results: Path | None, tracking_uri: str | None, data_dir: Path | None) -> Options:
    """How a sweep is run, as far as where its results and data lie."""
    from orchestrator.execute.sweep import Options

    return Options(results=results_folder(results), sources=sources(data_dir), tracking_uri=given_uri(tracking_uri))
