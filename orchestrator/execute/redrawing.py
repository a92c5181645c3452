"""The report of a running sweep: drawn by a process of its own, with what there is, at most once in a while."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Event, Thread
from typing import Self

GLANCE = 0.1  # seconds between two looks at the process


class Redrawing:
    """While it is entered, runs `command` again whenever there is something new to draw; never two at once.

    What goes wrong is said once, and the sweep goes on. On leaving, a drawing that is not done is ended and leaves
    nothing behind.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        every: float,
        folders: Sequence[Path],
        news: Callable[[], int],
        current: Callable[[], Future[None]],
        say: Callable[[str], None],
    ):
        """`environment`: variables of the command besides those of this process. `every`: seconds from the end of
        one drawing to the next. `folders`: where the command writes files. `news`: a number that grows with what there
        is to draw. `current`: brings the plan in the store up to date."""
        self._command = command
        self._environment = environment
        self._every = every
        self._folders = folders
        self._news = news
        self._current = current
        self._say = say
        self._left = Event()
        self._failed = False
        self._thread = Thread(target=self._run, name="redrawing")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._left.set()
        self._thread.join()

    def _run(self) -> None:
        drawn = self._news()
        while not self._left.wait(self._every):
            if (news := self._news()) == drawn:
                continue
            drawn = news
            try:
                if self._until(self._current().done):
                    self._draw()
            except Exception as wrong:  # whatever it is, the trials go on
                self._warn(str(wrong) or type(wrong).__name__)

    def _draw(self) -> None:
        paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
        with TemporaryDirectory() as temporary, TemporaryFile() as told:
            process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told,
                env={**os.environ, **self._environment, "PYTHONPATH": paths, "TMPDIR": temporary},
                start_new_session=True,  # Ctrl-C asks the sweep alone, which then ends this
            )  # fmt: skip
            try:
                ended = self._until(lambda: process.poll() is not None)
            finally:
                process.kill()
                process.wait()
            if process.returncode:
                self._remove_unfinished(process.pid)
            if ended and process.returncode:
                told.seek(0)
                lines = told.read().decode(errors="replace").strip().splitlines()
                self._warn(lines[-1] if lines else f"exit code {process.returncode}")

    def _until(self, done: Callable[[], bool]) -> bool:
        """Wait for that; False where this is left before."""
        while not done():
            if self._left.wait(GLANCE):
                return False
        return True

    def _remove_unfinished(self, pid: int) -> None:
        """Of a process that was killed or failed: what it was about to put in place. See workloads.atomic."""
        for path in (path for folder in self._folders for path in folder.glob(f".*.{pid}.unfinished")):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _warn(self, reason: str) -> None:
        if not self._failed:
            self._say(f"warning: the report could not be drawn while the sweep runs ({reason}); the sweep goes on")
        self._failed = True
