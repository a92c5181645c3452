"""A trial's log, as far as it is written and as it goes on."""

import time
from collections.abc import Iterator

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import state
from workloads.errors import UsageError

EVERY = 0.5  # seconds


def written(folder: TrialFolder, follow: bool) -> Iterator[str]:
    """What the log holds, and with `follow` what comes until the trial no longer runs. Raises UsageError."""
    if not folder.log.exists():
        raise UsageError(f"trial {folder.path.name} has no log: it is {state(folder)}, and nothing has run it here")
    with open(folder.log, encoding="utf-8", errors="replace") as log:
        while True:
            goes_on = follow and state(folder) == "running"  # asked first, so that the last words are not missed
            if text := log.read():
                yield text
            if not goes_on:
                return
            time.sleep(EVERY)
