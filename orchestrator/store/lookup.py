"""Finds the sweep, the trial or the network that a user names."""

from collections.abc import Iterable
from pathlib import Path

from dashboards.plan_file import PlanFile, TrialEntry
from orchestrator.store.folders import KEY, ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import result
from orchestrator.store.plan_file import read
from workloads.errors import FolderError, UsageError

MOST = 5  # keys that a message lists


def sweep(results: ResultsFolder, name: str) -> SweepFolder:
    """The folder of a sweep. Raises FolderError if there is none."""
    folder = results.sweep(name)
    if not folder.plan.is_file():
        names = ", ".join(other.path.name for other in results.sweeps) or "none"
        raise FolderError(
            f"there is no sweep {name!r} in {results.path}; it holds {names}. "
            "Name another folder with --results or SPARSITY_RESULTS"
        )
    return folder


def plan(folder: SweepFolder) -> PlanFile:
    """plan.json. Raises FolderError if the file is damaged."""
    if (content := read(folder)) is None:
        raise FolderError(f"{folder.plan} is damaged; `sparsity sweep SPEC` writes it again")
    return content


def planned(folder: SweepFolder) -> tuple[TrialEntry, ...]:
    """The trials of plan.json. Raises FolderError if the file is damaged."""
    return plan(folder).trials


def trial(folder: SweepFolder, start: str) -> TrialFolder:
    """The trial with a key that begins with `start`. Raises UsageError unless there is exactly one."""
    keys = {entry.key for entry in planned(folder)} | folder.begun
    return folder.trial(one_of(filter(KEY.fullmatch, keys), start, folder.path.name))


def one_of(keys: Iterable[str], start: str, name: str) -> str:
    """The key of sweep `name` that begins with `start`. Raises UsageError unless there is exactly one."""
    matches = sorted(key for key in keys if key.startswith(start))
    if not matches:
        raise UsageError(
            f"{name} has no trial with a key that begins with {start!r}; `sparsity plan SPEC --json` and "
            f"`sparsity status {name} --json` list the keys"
        )
    if (count := len(matches)) > 1:
        listing = ", ".join(matches[:MOST]) + (f" and {count - MOST} more" if count > MOST else "")
        raise UsageError(f"{count} trials of {name} have keys that begin with {start!r}: {listing}; give more digits")
    return matches[0]


def network(results: ResultsFolder, target: str) -> Path:
    """The file of a network, from a path, SWEEP/KEY or SWEEP/KEY/LABEL. Raises UsageError if there is none."""
    if Path(target).is_file():
        return Path(target)
    name, *rest = target.split("/")
    if not 1 <= len(rest) <= 2 or not results.sweep(name).plan.is_file():
        raise UsageError(
            f"{target} is neither a file nor a run; a run of {results.path} is SWEEP/KEY or "
            "SWEEP/KEY/LABEL, e.g. quickstart/1f3a/final"
        )
    folder = trial(sweep(results, name), rest[0])
    ending = result(folder)
    labels = list(ending.runs) if ending else []
    label = rest[1] if len(rest) > 1 else labels[0] if len(labels) == 1 else None
    if label not in labels:
        listing = ", ".join(labels) or "none so far"
        raise UsageError(f"{target} does not name one run; measured runs of {name}/{folder.path.name}: {listing}")
    return folder.network(label)
