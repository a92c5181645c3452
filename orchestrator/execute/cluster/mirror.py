"""Streams the files of a trial to the keeper while they grow, so that a lost node takes little with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from orchestrator.execute.cluster.keeper import Continuation, Replacement, Update
from orchestrator.store.folders import TrialFolder

INTERVAL = 1.0  # seconds from one look at the files to the next
Write = Callable[[Sequence[Update]], None]  # returns when the updates are in the results folder
Version = tuple[int, int, int]  # of a file: another one whenever the file is replaced


class Mirror:
    """The files of a trial's folder, and what the keeper has of them.

    Journal and log are sent as they grow; the other files are replaced as a whole. The keeper writes the journal before
    the checkpoint, which counts on its length, and the result last.
    """

    def __init__(self, folder: TrialFolder, write: Write, contents: Mapping[str, bytes]):
        """Put the keeper's files, `contents` by name, into the folder; `write` sends what changes."""
        self._folder = folder
        self._write = write
        self._sent = {folder.records.name: b"", folder.log.name: b""}  # of the growing files
        self._versions: dict[str, Version] = {}  # of the others, as they were sent
        for name, content in contents.items():
            (folder.path / name).write_bytes(content)
            if name in self._sent:
                self._sent[name] = content
            else:
                self._versions[name] = self._version(name)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send meanwhile what changes, and the rest at the end. Raises what the last sending raises."""
        over = Event()

        def stream() -> None:
            while not over.wait(INTERVAL):
                try:
                    self.send()
                except Exception:  # what was not taken is sent again; the last sending tells why
                    continue

        thread = Thread(target=stream, name="mirror", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        self.send(last=True)

    def send(self, last: bool = False) -> None:
        """Send what has changed. Files that are gone are removed the `last` time, when the result is there."""
        versions = {name: self._version(name) for name in self._replaced()}
        changed = [name for name, version in versions.items() if self._versions.get(name) != version]
        replacements = [Replacement(name, (self._folder.path / name).read_bytes()) for name in changed]
        grown = {name: content for name, content in self._growing() if content != self._sent[name]}
        gone = [Replacement(name, None) for name in self._versions.keys() - versions.keys() if last]
        updates: list[Update] = [
            *(self._continuation(name, content) for name, content in grown.items()),
            *replacements,
            *gone,
        ]
        if updates:
            self._write(updates)
        self._sent |= grown
        self._versions |= versions

    def _replaced(self) -> list[str]:
        """The names of the files that are replaced as a whole, the result last."""
        present = {path.name for path in self._folder.path.iterdir() if not path.name.startswith(".")}
        last = self._folder.result.name
        return sorted(present - {*self._sent, self._folder.lock.name}, key=lambda name: (name == last, name))

    def _growing(self) -> Iterator[tuple[str, bytes]]:
        for name in self._sent:
            path = self._folder.path / name
            yield name, path.read_bytes() if path.exists() else b""

    def _continuation(self, name: str, content: bytes) -> Continuation:
        """What the file has more than was sent; all of it where the beginning differs."""
        offset = len(self._sent[name]) if content.startswith(self._sent[name]) else 0
        return Continuation(name, offset, content[offset:])

    def _version(self, name: str) -> Version:
        status = (self._folder.path / name).stat()
        return status.st_ino, status.st_size, status.st_mtime_ns
