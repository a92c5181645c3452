"""The progress of a sweep on stderr: plain lines, and on a terminal a live view below them."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from orchestrator.execute.assignment import TrialEnd
from orchestrator.execute.counts import TrialCounts
from orchestrator.execute.fitting import folded
from orchestrator.execute.labels import unshared
from orchestrator.execute.live_view import TrialRow, view
from orchestrator.plan.planning import Planned
from orchestrator.store.folders import SweepFolder, near
from orchestrator.store.live_trial import LiveTrial

REFRESHES = 2  # a second
UNKNOWN = os.terminal_size((80, 25))  # of a terminal that does not know its size itself
SHORT = 0.05  # seconds; a phase that takes less is not reported


@contextmanager
def own_stderr() -> Iterator[TextIO]:
    """Standard error by its own descriptor: the usual one leads to a log while trials and libraries run."""
    with open(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace") as stream:
        yield stream


@dataclass(frozen=True)
class Phase:
    """A stretch of time in which no trial runs."""

    name: str
    begun: float  # as time.monotonic counts

    @property
    def seconds(self) -> float:
        """So far."""
        return time.monotonic() - self.begun


class Progress:
    """Reports phases, notices and the ends of trials; on a terminal the live view shows completed trials, lines only
    others."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._console = Console(file=stream, highlight=False)
        on_terminal = getattr(stream, "isatty", lambda: False)()
        self._lively = on_terminal and not self._console.is_dumb_terminal
        self._tally = TrialCounts(())
        self._labels: dict[str, str] = {}
        self._phase: Phase | None = None
        self._folder: SweepFolder | None = None  # of the sweep that the live view shows
        self._displayed = False

    def say(self, text: str, alarm: str = "") -> None:
        """One message, above the live view if there is one; the first `alarm` in it is red."""
        shown = Text(folded(text, self._size()[0]) if self._lively else text)
        if alarm:
            place = shown.plain.index(alarm)
            shown.stylize("bold red", place, place + len(alarm))
        self._console.print(shown, soft_wrap=True)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Name what goes on, with its seconds: on a terminal while it lasts, elsewhere in a line at its end."""
        self.enter(name)
        try:
            with self._display():
                yield
        except BaseException:
            self._phase = None
            raise
        self._leave()

    def enter(self, name: str) -> None:
        """Begin a phase that the beginning of the next trial ends."""
        self._phase = Phase(name, time.monotonic())

    def _leave(self) -> None:
        phase, self._phase = self._phase, None
        if phase and not self._lively and phase.seconds >= SHORT:
            self.say(f"{phase.name} ... {phase.seconds:.1f} s")

    def begin(self, todo: Sequence[Planned], planned: int, selected: int) -> None:
        """The trials of `todo` will run; counts of planned and of selected trials."""
        self._take(todo)
        counted = f"{planned} trials planned, " if selected == planned else f"{selected} of {planned} trials chosen, "
        self.say(f"{counted}{selected - len(todo)} done before, {len(todo)} to run")

    def more(self, todo: Sequence[Planned], count: int) -> None:
        """Before the first trial begins: the trials of `todo` will run, `count` more than `begin` said."""
        self._take(todo)
        self.say(f"{count} finished on another kind of device, to run again: {len(todo)} to run")

    def _take(self, todo: Sequence[Planned]) -> None:
        self._tally = TrialCounts(todo)
        titles = {planned.key: planned.trial.title for planned in todo}
        self._labels = unshared(titles) if self._lively else titles

    @contextmanager
    def live(self, folder: SweepFolder) -> Iterator[None]:
        """On a terminal, show meanwhile what the trials in `folder` do; one line stays at the end."""
        self._folder = folder
        try:
            with self._display():
                yield
        finally:
            self._folder = self._phase = None
        if self._lively:
            counts = ", ".join(f"{count:,} {state}" for state, count in self._tally.counts.items())
            self.say(f"{counts} in {timedelta(seconds=round(self._tally.elapsed))}")

    @contextmanager
    def _display(self) -> Iterator[None]:
        """The live part of a terminal, unless it is there already."""
        if not self._lively or self._displayed:
            yield
            return
        self._displayed = True
        try:
            with Live(
                get_renderable=self._view,
                console=self._console, transient=True, refresh_per_second=REFRESHES,
                redirect_stdout=False, redirect_stderr=False,
            ):  # fmt: skip
                yield
        finally:
            self._displayed = False

    def began(self, key: str) -> None:
        """A trial has begun."""
        self._leave()
        self._tally.began(key)

    def noticed(self, key: str, words: str) -> None:
        """Something about a running trial that need not wait for its end."""
        self.say(f"{key} {self._labels[key]}: {words}")

    def ended(self, outcome: TrialEnd) -> None:
        """A trial has ended: how, and where its log is if it failed."""
        number, total = self._tally.ended(outcome), self._tally.total
        count = "-" if outcome.again else str(number)
        head = f"[{count:>{len(str(total))}}/{total}] {outcome.key} {self._labels[outcome.key]}"
        if outcome.status != "completed":
            status = outcome.status.upper()
            self.say(f"{head}: {status}: {outcome.error}\n    log: {near(outcome.log)}", alarm=status)
        elif not self._lively:
            self.say(f"{head}: done in {outcome.seconds:.1f} s")

    def _view(self) -> RenderableType:
        width, height = self._size()
        self._console.size = width, height
        phase, folder = self._phase, self._folder
        named = [Text(f"{phase.name} ... {phase.seconds:.0f} s")] if phase else []
        return Group(*named) if folder is None else Group(self._trials(folder, width, height - len(named)), *named)

    def _trials(self, folder: SweepFolder, width: int, height: int) -> RenderableType:
        running = self._tally.running[:height]  # no more than can be seen
        live = {planned.key: LiveTrial.read(folder.trial(planned.key)) for planned in running}
        rows = [TrialRow(self._labels[planned.key], live[planned.key], planned.steps) for planned in running]
        steps = {key: trial.step or 0 for key, trial in live.items()}
        return view(self._tally.counts, self._tally.total, self._tally.seconds_left(steps), rows, width, height)

    def _size(self) -> tuple[int, int]:
        """Columns and lines of the stream: Rich would ask the usual descriptors, which lead to a log meanwhile."""
        columns, lines = os.get_terminal_size(self._stream.fileno())
        return (columns or UNKNOWN.columns) - len("^C"), lines or UNKNOWN.lines  # an echo must not break a line
