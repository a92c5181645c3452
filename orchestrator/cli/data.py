"""The commands for data sets."""

from __future__ import annotations

import os

import typer

from orchestrator.cli.options import DataDir, DataNames

data_app = typer.Typer(help="Fetch or verify data sets.", rich_markup_mode=None, no_args_is_help=True)


@data_app.command()
def fetch(names: DataNames = None, data_dir: DataDir = None) -> None:
    """Fetch data sets into the cache; if none are named, all."""
    from workloads.data import sources
    from workloads.data.declared import data_sets

    place = sources.Sources.from_environment(data_dir, os.environ)
    for declared in data_sets(names or ()):
        print(sources.fetch(declared, place))


@data_app.command()
def verify(names: DataNames = None, data_dir: DataDir = None) -> None:
    """Check the data sets in the cache against their checksums; if none are named, all."""
    from workloads.data import sources
    from workloads.data.declared import data_sets

    place = sources.Sources.from_environment(data_dir, os.environ)
    problems = {declared: sources.verify(declared, place) for declared in data_sets(names or ())}
    for declared, messages in problems.items():
        print(f"{declared.name}: {'; '.join(messages) or 'whole'}")
    if any(problems.values()):
        raise typer.Exit(1)
