"""The failures of a sweep, each once with all its trials."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import result

NUMBER = re.compile(r"[-+]?\d[\d.,]*(e[-+]?\d+)?")
MOST = 5  # logs in the text of one failure


@dataclass(frozen=True)
class Failure:
    """Trials with the same error message, apart from its numbers."""

    error: str  # of the first trial, one line
    trials: tuple[TrialFolder, ...]


def grouped(failed: Iterable[TrialFolder]) -> list[Failure]:
    """Failed trials by error message, the most frequent first."""
    by_message: dict[str, list[tuple[str, TrialFolder]]] = {}
    for folder in failed:
        error = _error(folder)
        by_message.setdefault(NUMBER.sub("#", error), []).append((error, folder))
    groups = [Failure(group[0][0], tuple(folder for _, folder in group)) for group in by_message.values()]
    return sorted(groups, key=lambda group: -len(group.trials))


def text(failures: Iterable[Failure]) -> Iterator[str]:
    """Lines on each failure: the number of trials, the error, the paths of logs."""
    for failure in failures:
        count = len(failure.trials)
        yield f"{count} failed: {failure.error}"
        for folder in failure.trials[:MOST]:
            yield f"    {folder.log}"
        if count > MOST:
            yield f"    and {count - MOST} more"


def _error(folder: TrialFolder) -> str:
    ending = result(folder)
    return (ending.error if ending else None) or "unknown"
