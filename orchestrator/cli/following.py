"""A trial's log, as far as it is written and as it grows."""

import time
from collections.abc import Iterator

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import state
from workloads.errors import UsageError

EVERY = 0.5  # seconds


def written(folder: TrialFolder, follow: bool) -> Iterator[str]:
    """The log, and with `follow` what is added until the trial ends. Raises UsageError where there is none."""
    if not folder.log.exists():
        raise UsageError(
            f"trial {folder.path.name} has no log: its state is {state(folder)}, and it has not run in this folder"
        )
    with open(folder.log, encoding="utf-8", errors="replace") as log:
        while True:
            running = follow and state(folder) == "running"  # before reading, so that the last lines are not missed
            if text := log.read():
                yield text
            if not running:
                return
            time.sleep(EVERY)
