"""The `sparsity` command. Heavy imports are inside the commands, so that --help is instant.

Results go to stdout, everything else to stderr. Exit codes: 0 success; 1 a trial failed or the report is impossible;
2 nothing was started; 130 Ctrl-C; 143 SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import groupby
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from orchestrator.cli import catalog as cli_catalog
from orchestrator.cli import clean as cli_clean
from orchestrator.cli import read_only as cli_read_only
from orchestrator.cli import reports as cli_reports
from orchestrator.cli import sweeps as cli_sweeps
from orchestrator.cli import sync as cli_sync
from orchestrator.cli.data import data_app
from orchestrator.cli.deployment import deploy as cli_deploy
from orchestrator.cli.deployment import export as cli_export
from orchestrator.environment import set_defaults

EXAMPLES = """\b
Examples:
  sparsity sweep sweeps/quickstart.yaml    train, then write the report
  sparsity status quickstart               see how far it is
  sparsity table quickstart --format csv   take the numbers elsewhere
"""  # \b keeps the lines as they are
LONGEST = 200  # characters of a command in the list of commands, so that none is cut


class CommandPanels(TyperGroup):
    """Lists the commands panel by panel in plain text. The import of rich would double the time of --help."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help."""
        del ctx
        commands: list[Any] = list(self.commands.values())
        for panel, members in groupby(commands, lambda command: command.rich_help_panel):
            with formatter.section(panel):
                formatter.write_dl([(command.name, command.get_short_help_str(LONGEST)) for command in members])


app = typer.Typer(
    name="sparsity",
    cls=CommandPanels,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},  # columns of the help
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(show: bool) -> None:
    if show:
        from importlib.metadata import version

        from orchestrator.store.provenance import DISTRIBUTION

        print(version(DISTRIBUTION))
        raise typer.Exit


@app.callback(epilog=EXAMPLES)
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Sweeps of experiments on sparse neural networks."""
    del show


PANELS = {
    "Run": (cli_sweeps.sweep, cli_sweeps.plan, cli_sweeps.trial, cli_sweeps.cancel, cli_clean.clean),
    "Look": (cli_read_only.status, cli_read_only.logs, cli_read_only.inspect, cli_read_only.ui, *cli_catalog.COMMANDS),
    "Report": (*cli_reports.COMMANDS, cli_sync.sync),
    "Deploy": (cli_deploy.deploy, cli_export.export),
}
for _panel, _commands in PANELS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)
app.add_typer(data_app, name="data", rich_help_panel="Data")


def main() -> None:
    """The console script: a user's mistake gives a message and an exit code, never a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    set_defaults(os.environ)
    try:
        from workloads.errors import SparsityError, UsageError

        app()
    except UsageError as error:
        _leave(str(error), 2)
    except SparsityError as error:
        _leave(str(error), 1)
    except OSError as error:  # a full disk or a missing permission
        _leave(f"{error.filename or 'a file'}: {error.strerror or error}; mend that, then run the command again", 1)
    except SystemExit as end:
        if end.code == 130:  # Typer's code for Ctrl-C
            print("interrupted; the same command resumes where this one stopped", file=sys.stderr)
        raise


def _terminated(number: int, frame: object) -> NoReturn:
    del number, frame
    raise SystemExit(143)


def _leave(text: str, code: int) -> NoReturn:
    from orchestrator.cli.printing import say

    say(text)
    raise SystemExit(code)
