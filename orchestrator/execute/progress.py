"""What is going on, on stderr: in plain lines, and on a terminal with a live view below them."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from orchestrator.execute.counts import TrialCounts
from orchestrator.execute.live_view import TrialRow, unshared, view
from orchestrator.execute.worker import TrialEnd
from orchestrator.plan.planning import Planned
from orchestrator.store.folders import SweepFolder
from orchestrator.store.live_trial import LiveTrial

REFRESHES = 2  # a second
UNKNOWN = os.terminal_size((80, 25))  # of a terminal that does not know its size itself


@contextmanager
def own_stderr() -> Iterator[TextIO]:
    """Standard error by a descriptor of its own: the usual one leads to a log while trials and libraries run."""
    with open(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace") as stream:
        yield stream


class Progress:
    """Says what begins and how each trial ends; on a terminal the view shows the good ends, lines only the bad."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._console = Console(file=stream, highlight=False)
        on_terminal = getattr(stream, "isatty", lambda: False)()
        self._lively = on_terminal and not self._console.is_dumb_terminal
        self._tally = TrialCounts(())
        self._labels: dict[str, str] = {}

    def say(self, text: str | Text) -> None:
        """One line, above the live view if there is one."""
        self._console.print(Text(text) if isinstance(text, str) else text, soft_wrap=True)

    def begin(self, todo: Sequence[Planned], planned: int, chosen: int) -> None:
        """So many trials are to be run, of those that are planned and chosen."""
        self._take(todo)
        counted = f"{planned} trials planned, " if chosen == planned else f"{chosen} of {planned} trials chosen, "
        self.say(f"{counted}{chosen - len(todo)} done before, {len(todo)} to run")

    def more(self, todo: Sequence[Planned], count: int) -> None:
        """Before any has begun: these are to be run, `count` more than was said."""
        self._take(todo)
        self.say(f"{count} finished on another kind of device, to run again: {len(todo)} to run")

    def _take(self, todo: Sequence[Planned]) -> None:
        self._tally = TrialCounts(todo)
        titles = {one.key: one.trial.title for one in todo}
        self._labels = unshared(titles) if self._lively else titles

    @contextmanager
    def live(self, folder: SweepFolder) -> Iterator[None]:
        """On a terminal, show meanwhile what the trials in `folder` do; at the end one line stays."""
        if not self._lively:
            yield
            return
        with Live(
            get_renderable=lambda: self._view(folder),
            console=self._console, transient=True, refresh_per_second=REFRESHES,
            redirect_stdout=False, redirect_stderr=False,
        ):  # fmt: skip
            yield
        told = ", ".join(f"{count:,} {state}" for state, count in self._tally.counts.items())
        self.say(f"{told} in {timedelta(seconds=round(self._tally.elapsed))}")

    def began(self, key: str) -> None:
        """A trial has begun."""
        self._tally.began(key)

    def ended(self, outcome: TrialEnd) -> None:
        """A trial has ended: how, and where its log is if it failed."""
        number, total = self._tally.ended(outcome), self._tally.total
        count = "-" if outcome.again else str(number)
        head = f"[{count:>{len(str(total))}}/{total}] {outcome.key} {self._labels[outcome.key]}"
        if outcome.status != "completed":
            wrong = (outcome.status.upper(), "bold red")
            self.say(Text.assemble(f"{head}: ", wrong, f": {outcome.error}\n    log: {outcome.log}"))
        elif not self._lively:
            self.say(f"{head}: done in {outcome.seconds:.1f} s")

    def _view(self, folder: SweepFolder) -> RenderableType:
        width, height = self._size()
        self._console.size = width, height
        running = self._tally.running
        seen = {one.key: LiveTrial.read(folder.trial(one.key)) for one in running[:height]}  # no more than can be seen
        rows = [TrialRow(self._labels[one.key], seen[one.key], one.steps) for one in running[:height]]
        steps = {key: live.step or 0 for key, live in seen.items()}
        return view(self._tally.counts, self._tally.total, self._tally.seconds_left(steps), rows, width, height)

    def _size(self) -> tuple[int, int]:
        """Rich itself would ask the usual descriptors, which lead to a log meanwhile."""
        columns, lines = os.get_terminal_size(self._stream.fileno())
        return (columns or UNKNOWN.columns) - len("^C"), lines or UNKNOWN.lines  # an echo must not break a line
