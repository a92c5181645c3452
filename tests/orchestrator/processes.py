"""The processes below another one, as Linux shows them."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """One process, told from a later one that was given the same number."""

    pid: int
    started: str  # ticks since the machine was

    @property
    def title(self) -> str:
        """The program without its folder, or what it calls itself; empty where it has ended."""
        words = _read(self.pid, "cmdline").split("\0")
        return Path(words[0]).name

    def kill(self) -> None:
        """At once, if it is still there."""
        if process(self.pid) == self:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def process(pid: int) -> Process | None:
    """The process of that number; None where there is none."""
    fields = _read(pid, "stat").rpartition(")")[2].split()  # the name before may hold anything
    return Process(pid, fields[19]) if fields else None


def below(pid: int) -> Iterator[Process]:
    """Children, their children, and so on."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, children.read_text().split()):
                if found := process(child):
                    yield found
                yield from below(child)


def _read(pid: int, name: str) -> str:
    """Empty where the process has ended in between."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes().decode()
    except OSError:
        return ""
