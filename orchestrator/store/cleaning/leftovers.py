"""The files of a results folder that nothing needs any more.

Place and name decide which files may be among them: no result, journal, weights, examples, report, plan or MLflow store
is.
"""

import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from filelock import FileLock

from orchestrator.store.cleaning.stages import surplus
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import result
from orchestrator.store.lock import is_held

Kind = Literal["stages", "checkpoints", "scratch", "unfinished", "locks"]

UNFINISHED = re.compile(r"\..+\.(\d{1,9})\.unfinished|\.writable\.(\d{1,9})")  # see `replacing` and `make_writable`


@dataclass(frozen=True)
class Leftover:
    """A file, or a folder of Ray Tune's, that nothing needs any more."""

    kind: Kind
    path: Path
    size: int = field(compare=False)  # bytes

    def remove(self) -> None:
        """Remove it; a no-op if the file is gone. Raises OSError, also if it is a lock that somebody holds."""
        if self.kind == "locks":
            with FileLock(self.path, timeout=0):  # a process that waits for the removed file takes a new one
                self.path.unlink()
        elif self.path.is_dir() and not self.path.is_symlink():
            shutil.rmtree(self.path)
        else:
            self.path.unlink(missing_ok=True)


def leftovers(
    results: ResultsFolder, sweep: SweepFolder | None, running: Collection[SweepFolder]
) -> Iterator[Leftover]:
    """The leftovers, by kind, of all sweeps or of one, except of the `running` ones.

    While a sweep runs, all that sweeps share stays. With a `sweep`, its stages are among them, but nothing else shared.
    """
    idle = [folder for folder in ([sweep] if sweep else results.sweeps) if folder not in running]
    trials = [folder.trial(key) for folder in idle for key in sorted(folder.begun)]
    completed = [trial for trial in trials if _is_completed(trial) and not is_held(trial)]
    places = [folder.path for folder in idle] + [trial.path for trial in trials]
    scratch: list[Path] = []
    if not running and sweep is None:
        scratch = sorted(results.tune.glob("*"))
        places += [results.path, results.stages]
    yield from _each("stages", () if running else surplus(results, sweep))
    yield from _each("checkpoints", (trial.checkpoint for trial in completed))
    yield from _each("scratch", scratch)
    yield from _each("unfinished", (path for place in places for path in _unfinished(place)))
    yield from _each("locks", (trial.lock for trial in completed))  # other locks tell lost trials from planned ones


def _is_completed(trial: TrialFolder) -> bool:
    ending = result(trial)
    return ending is not None and ending.status == "completed"


def _each(kind: Kind, paths: Iterable[Path]) -> Iterator[Leftover]:
    return (Leftover(kind, path, _size(path)) for path in paths if os.path.lexists(path))


def _unfinished(folder: Path) -> Iterator[Path]:
    """The temporary files in a folder whose processes have ended."""
    for path in sorted(folder.glob(".*")):
        match = UNFINISHED.fullmatch(path.name)
        if match and not path.is_dir() and not _is_alive(int(match[1] or match[2])):
            yield path


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's process
    return True


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    files = [Path(folder, name) for folder, _, names in os.walk(path) for name in names] if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if os.path.lexists(file))
