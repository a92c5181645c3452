"""The commands for data sets."""

from __future__ import annotations

import os

import typer

from orchestrator.cli.options import DataDir, DataNames

data_app = typer.Typer(help="The data sets that workloads learn from.", no_args_is_help=True)


@data_app.command()
def fetch(names: DataNames = None, data_dir: DataDir = None) -> None:
    """Fetch data sets into the cache, all unless some are named."""
    from workloads.data import sources
    from workloads.data.declared import data_sets

    place = sources.Sources.from_environment(data_dir, os.environ)
    for declared in data_sets(names or ()):
        print(sources.fetch(declared, place))


@data_app.command()
def verify(names: DataNames = None, data_dir: DataDir = None) -> None:
    """Check the cache against the data sets' checksums, all unless some are named."""
    from workloads.data import sources
    from workloads.data.declared import data_sets

    place = sources.Sources.from_environment(data_dir, os.environ)
    problems = {declared: sources.verify(declared, place) for declared in data_sets(names or ())}
    for declared, found in problems.items():
        print(f"{declared.name}: {'whole' if not found else '; '.join(found)}")
    if any(problems.values()):
        raise typer.Exit(1)
