"""What a user means by the name of a sweep, the beginning of a key, or a run."""

import re
from collections.abc import Iterable
from pathlib import Path

from dashboards.plan_file import TrialEntry
from orchestrator.spec.names import is_legal
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import result
from orchestrator.store.plan_file import read
from workloads.errors import FolderError, UsageError

KEY = re.compile(r"[0-9a-f]{12}")
MOST = 5  # choices that a message names


def sweeps(results: ResultsFolder) -> list[SweepFolder]:
    """All sweeps of a results folder, by name. A folder with another kind of name, such as a copy, is none."""
    names = sorted(plan.parent.name for plan in results.path.glob("*/plan.json"))
    return [results.sweep(name) for name in names if is_legal(name)]


def sweep(results: ResultsFolder, name: str) -> SweepFolder:
    """The folder of a sweep. Raises FolderError where there is none."""
    folder = results.sweep(name)
    if not folder.plan.is_file():
        others = ", ".join(one.path.name for one in sweeps(results)) or "none"
        raise FolderError(
            f"there is no sweep {name!r} in {results.path}; it holds {others}. "
            "Another folder is named by --results or SPARSITY_RESULTS"
        )
    return folder


def planned(folder: SweepFolder) -> tuple[TrialEntry, ...]:
    """The trials of plan.json. Raises FolderError where the file is damaged."""
    if (told := read(folder)) is None:
        raise FolderError(f"{folder.plan} is damaged; `sparsity sweep SPEC` writes it anew")
    return told.trials


def trial(folder: SweepFolder, start: str) -> TrialFolder:
    """The one trial whose key begins so. Raises UsageError where there is none or more than one."""
    keys = {one.key for one in planned(folder)} | {path.name for path in folder.path.iterdir()}
    return folder.trial(one_of(filter(KEY.fullmatch, keys), start, folder.path.name))


def one_of(keys: Iterable[str], start: str, name: str) -> str:
    """The one of a sweep's keys that begins so. Raises UsageError where there is none or more than one."""
    found = sorted(key for key in keys if key.startswith(start))
    if not found:
        raise UsageError(
            f"{name} has no trial whose key begins with {start!r}; `sparsity plan SPEC --json` and "
            f"`sparsity status {name} --json` list the keys"
        )
    if len(found) > 1:
        some = ", ".join(found[:MOST]) + (f" and {len(found) - MOST} more" if len(found) > MOST else "")
        raise UsageError(f"{len(found)} trials of {name} have keys that begin with {start!r}: {some}; give more digits")
    return found[0]


def network(results: ResultsFolder, target: str) -> Path:
    """The file that is meant by a path, by SWEEP/KEY or by SWEEP/KEY/LABEL. Raises UsageError where there is none."""
    if Path(target).is_file():
        return Path(target)
    name, *rest = target.split("/")
    if not 1 <= len(rest) <= 2 or not results.sweep(name).plan.is_file():
        raise UsageError(
            f"{target} is neither a file nor a run; a run of {results.path} is SWEEP/KEY or "
            "SWEEP/KEY/LABEL, e.g. quickstart/1f3a/final"
        )
    folder = trial(sweep(results, name), rest[0])
    ended = result(folder)
    labels = list(ended.runs) if ended else []
    label = rest[1] if len(rest) > 1 else labels[0] if len(labels) == 1 else None
    if label not in labels:
        has = ", ".join(labels) or "none so far"
        raise UsageError(f"{target} names no one run; measured ones of {name}/{folder.path.name}: {has}")
    return folder.network(label)
