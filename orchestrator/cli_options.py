"""The arguments and options that commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.models import OptionInfo


class Executor(StrEnum):
    """Where trials run."""

    RAY = "ray"
    INLINE = "inline"


class TableFormat(StrEnum):
    """How a table is written."""

    MARKDOWN = "markdown"
    CSV = "csv"


def option(text: str, *names: str, **more: object) -> OptionInfo:
    """An option whose help says itself what happens where it is not given."""
    return typer.Option(*names, help=text, show_default=False, **more)


Spec = Annotated[Path, typer.Argument(help="The sweep's YAML file.", show_default=False)]
Sweep = Annotated[str, typer.Argument(help="The sweep's name, or its YAML file.", show_default=False)]
Sweeps = Annotated[
    list[str], typer.Argument(help="The sweep's name, or its YAML file; several are compared.", show_default=False)
]
Key = Annotated[str, typer.Argument(help="A trial's key, as `plan` shows it.", show_default=False)]
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
NoReport = Annotated[bool, typer.Option("--no-report", help="Write no report.")]
Format = Annotated[TableFormat, typer.Option("--format", help="How to write it.")]
