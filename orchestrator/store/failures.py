"""What went wrong, said once for all trials that it happened to."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.store.folders import TrialFolder, near
from orchestrator.store.journal import result

NUMBER = re.compile(r"[-+]?\d[\d.,]*(e[-+]?\d+)?")
SHOWN = 5  # logs of one failure


@dataclass(frozen=True)
class Failure:
    """Trials that failed alike, numbers in the message aside."""

    error: str  # of the first, one line
    trials: tuple[TrialFolder, ...]


def grouped(failed: Iterable[TrialFolder]) -> list[Failure]:
    """Failed trials by what happened, the most frequent first."""
    alike: dict[str, list[tuple[str, TrialFolder]]] = {}
    for folder in failed:
        error = _error(folder)
        alike.setdefault(NUMBER.sub("#", error), []).append((error, folder))
    groups = [Failure(group[0][0], tuple(folder for _, folder in group)) for group in alike.values()]
    return sorted(groups, key=lambda group: -len(group.trials))


def text(failures: Iterable[Failure]) -> Iterator[str]:
    """Each failure, how many trials it happened to, and where their logs are."""
    for failure in failures:
        count = len(failure.trials)
        yield f"{count} failed: {failure.error}"
        for folder in failure.trials[:SHOWN]:
            yield f"    {near(folder.log)}"
        if count > SHOWN:
            yield f"    and {count - SHOWN} more"


def _error(folder: TrialFolder) -> str:
    ended = result(folder)
    return (ended.error if ended else None) or "unknown"
