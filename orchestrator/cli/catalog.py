"""The commands that show the methods and workloads."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workloads.settings import Settings

MethodName = Annotated[str | None, typer.Argument(metavar="NAME", help="A method; all unless given.")]
WorkloadName = Annotated[str | None, typer.Argument(metavar="NAME", help="A workload; all unless given.")]


def methods(name: MethodName = None, as_json: AsJson = False) -> None:
    """List the pruning methods, or show one with its papers and all its settings."""
    from workloads.catalog import METHODS

    _show(METHODS.members, "method", name, as_json)


def workloads(name: WorkloadName = None, as_json: AsJson = False) -> None:
    """List the workloads, or show one with its sources and all its settings."""
    from workloads.catalog import WORKLOADS

    _show(WORKLOADS.members, "workload", name, as_json)


def _show(models: Sequence[type[Settings]], kind: str, name: str | None, as_json: bool) -> None:
    from orchestrator.cli import catalog_view
    from orchestrator.spec import fields
    from workloads.errors import UsageError

    named = {fields.tag(model) or "": model for model in models}
    if name is not None and name not in named:
        raise UsageError(f"there is no {kind} {name!r}{fields.nearest(name, tuple(named))}")
    if as_json:
        chosen = named if name is None else {name: named[name]}
        print(json.dumps({key: catalog_view.as_json(model) for key, model in chosen.items()}, indent=1))
    elif name is not None:
        print(catalog_view.details(named[name]))
    else:
        print(catalog_view.overview(models))
        print(f"`sparsity {kind}s NAME` shows one with all its settings.", file=sys.stderr)


COMMANDS = (methods, workloads)
