"""Lists the leftovers of a results folder, or removes them while none of its sweeps can start."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.spec.names import is_legal
from orchestrator.store import plan_file
from orchestrator.store.cleaning.leftovers import Leftover, leftovers
from orchestrator.store.folders import ResultsFolder, SweepFolder
from orchestrator.store.lock import free, is_held
from workloads.errors import FolderError


@dataclass(frozen=True)
class Cleaning:
    """What a results folder holds that nothing needs, or what was removed from it."""

    leftovers: tuple[Leftover, ...]
    running: tuple[SweepFolder, ...]  # the sweeps that run now
    errors: Mapping[Path, str] = field(default_factory=dict)  # why a path could not be removed


def check(results: ResultsFolder) -> None:
    """Raise FolderError for a folder in which no sweep has run.

    A sweep's plan names its folder. Other plans may lie anywhere: reports download them to temporary folders.
    """
    plans = ((folder.path.name, plan_file.read(folder)) for folder in results.sweeps)
    if not results.stages.is_dir() and not any(plan and plan.sweep == name for name, plan in plans):
        raise FolderError(
            f"{results.path} is no results folder: it holds no sweep; name one with --results or SPARSITY_RESULTS"
        )


def find(results: ResultsFolder, sweep: SweepFolder | None = None) -> Cleaning:
    """The leftovers of a results folder, or of one sweep."""
    running = [folder for folder in _lockable(results) if is_held(folder)]
    return Cleaning(tuple(leftovers(results, sweep, running)), tuple(running))


def remove(results: ResultsFolder, sweep: SweepFolder | None = None) -> Cleaning:
    """Remove the leftovers. One that cannot be removed does not keep the others.

    The locks keep the folder's sweeps from starting. A sweep with a new name can start all the same: its files are
    none of those that were here before the locks were tried, unless it ran then, and is seen to run.
    """
    before = set(find(results, sweep).leftovers)
    removed, errors = [], {}
    with _claimed(results) as running:
        for leftover in list(leftovers(results, sweep, running)):
            if leftover in before:
                try:
                    leftover.remove()
                    removed.append(leftover)
                except OSError as error:
                    errors[leftover.path] = error.strerror or str(error)
    return Cleaning(tuple(removed), tuple(running), errors)


@contextmanager
def _claimed(results: ResultsFolder) -> Iterator[list[SweepFolder]]:
    """Hold the locks of all sweeps that do not run; gives those that do."""
    with ExitStack() as stack:
        yield [folder for folder in _lockable(results) if not stack.enter_context(free(folder))]


def _lockable(results: ResultsFolder) -> list[SweepFolder]:
    """All sweeps, and those that have just begun and have no plan yet."""
    files = (*results.path.glob("*/plan.json"), *results.path.glob("*/lock"))
    return [results.sweep(name) for name in sorted({file.parent.name for file in files}) if is_legal(name)]
