"""The command that removes what nothing in a results folder needs any more."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import typer

from orchestrator.cli.options import AnySweep, AsJson, Remove, Results, results_folder, sweep_name

if TYPE_CHECKING:
    from orchestrator.store.cleaning.leftovers import Kind, Leftover
    from orchestrator.store.cleaning.removal import Cleaning
    from orchestrator.store.folders import ResultsFolder

MEANINGS: dict[Kind, str] = {
    "stages": "stages that no unfinished trial can use",
    "checkpoints": "checkpoints of completed trials",
    "scratch": "scratch folders of Ray Tune",
    "unfinished": "unfinished files of processes that ended",
    "locks": "locks of completed trials",
}


def clean(sweep: AnySweep = None, remove: Remove = False, results: Results = None, as_json: AsJson = False) -> None:
    """List the files that nothing needs any more, and remove them with --remove."""
    from orchestrator.cli.printing import fitted, say
    from orchestrator.store import lookup
    from orchestrator.store.cleaning import removal

    place = results_folder(results)
    removal.check(place)
    folder = lookup.sweep(place, sweep_name(sweep)) if sweep else None
    cleaning = (removal.remove if remove else removal.find)(place, folder)
    for line in _running(cleaning):
        say(line)
    for path, reason in cleaning.errors.items():
        say(f"cannot remove {path}: {reason}")
    if as_json:
        print(json.dumps(_as_json(place, cleaning, remove), indent=1))
    else:
        sys.stdout.write(fitted(_text(place, cleaning, remove), sys.stdout))
    if cleaning.errors:
        raise typer.Exit(1)


def _running(cleaning: Cleaning) -> list[str]:
    from orchestrator.store.lock import holder

    names = {folder.path.name: holder(folder) for folder in cleaning.running}
    return [
        f"{name} is running now{f': {last}' if last else ''}; its files stay, and so do stages and all else that "
        "sweeps share"
        for name, last in names.items()
    ]


def _text(place: ResultsFolder, cleaning: Cleaning, removed: bool) -> str:
    """A line for each kind, and the total."""
    from orchestrator.cli.printing import Column, size, table, width
    from orchestrator.store.folders import near

    kinds = _by_kind(cleaning)
    if not kinds and not cleaning.errors:
        return f"There is nothing to remove in {near(place.path)}.\n"
    columns = (
        Column("kind", [MEANINGS[kind] for kind in kinds], words=True),
        Column("count", [f"{len(members):,}" for members in kinds.values()]),
        Column("size", [size(sum(member.size for member in members)) for members in kinds.values()]),
    )
    total = size(sum(leftover.size for leftover in cleaning.leftovers))
    end = f"{total} removed from {near(place.path)}" if removed else f"{total} in all; --remove removes it"
    return "".join(f"{line}\n" for line in (*(table(columns, width()) if kinds else ()), end))


def _as_json(place: ResultsFolder, cleaning: Cleaning, removed: bool) -> dict[str, Any]:
    return {
        "results": str(place.path),
        "removed": removed,
        "kinds": [
            {
                "kind": kind, "count": len(members), "bytes": sum(member.size for member in members),
                "paths": [str(member.path) for member in members],
            }
            for kind, members in _by_kind(cleaning).items()
        ],
        "running": [folder.path.name for folder in cleaning.running],
        "errors": {str(path): reason for path, reason in cleaning.errors.items()},
    }  # fmt: skip


def _by_kind(cleaning: Cleaning) -> dict[Kind, list[Leftover]]:
    kinds: dict[Kind, list[Leftover]] = {}
    for leftover in cleaning.leftovers:
        kinds.setdefault(leftover.kind, []).append(leftover)
    return kinds
