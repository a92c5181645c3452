"""What is going on, in plain lines on stderr."""

import threading
from collections.abc import Sequence
from typing import TextIO

from orchestrator.plan import Planned
from orchestrator.trainable import Outcome


class Progress:
    """Counts trials as they end, and says each end once."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._lock = threading.Lock()
        self._titles: dict[str, str] = {}
        self._ended = 0

    def say(self, text: str) -> None:
        """One line."""
        with self._lock:
            print(text, file=self._stream, flush=True)

    def begin(self, todo: Sequence[Planned], planned: int) -> None:
        """So many trials are to be run, of all that are planned."""
        self._titles = {one.key: one.trial.title for one in todo}
        self._ended = 0
        self.say(f"{planned} trials planned, {planned - len(todo)} done before, {len(todo)} to run")

    def ended(self, outcome: Outcome) -> None:
        """A trial has ended: how, and where its log is if it failed."""
        self._ended += 1
        total = len(self._titles)
        head = f"[{self._ended:{len(str(total))}}/{total}] {outcome.key} {self._titles[outcome.key]}"
        if outcome.status == "completed":
            self.say(f"{head}: done in {outcome.seconds:.1f} s")
        else:
            self.say(f"{head}: {outcome.status.upper()}: {outcome.error}\n    log: {outcome.log}")
