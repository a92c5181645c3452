"""What a shell completes: names of sweeps and keys of trials. Imports little, since it runs at each press of Tab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.store.folders import ResultsFolder


def sweep_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The sweeps of the results folder. Where none fits, the shell completes files."""
    return _fitting(ctx, incomplete, lambda results: (sweep.path.name for sweep in results.sweeps))


def trial_keys(ctx: typer.Context, incomplete: str) -> list[str]:
    """The trials that have begun, of the sweep on the command line."""
    from orchestrator.cli.options import is_spec

    sweep = ctx.params.get("sweep") or ""
    name = Path(sweep).stem if is_spec(sweep) else sweep  # a spec may give another name: then nothing is completed
    return _fitting(ctx, incomplete, lambda results: sorted(results.sweep(name).begun))


def _fitting(ctx: typer.Context, incomplete: str, words: Callable[[ResultsFolder], Iterable[str]]) -> list[str]:
    """The words that begin with `incomplete`; none where the results folder cannot be read."""
    from orchestrator.cli.options import results_folder
    from workloads.errors import SparsityError

    option = ctx.params.get("results")
    try:
        results = results_folder(Path(option) if option else None)
        return [word for word in words(results) if word.startswith(incomplete)]
    except (OSError, RuntimeError, SparsityError):  # RuntimeError: ~ where no home folder is known
        return []
