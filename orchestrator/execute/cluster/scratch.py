"""Scratch folders on a node: each lasts as long as its trial."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from filelock import FileLock, Timeout


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder, removed afterwards. What killed processes left is removed before."""
    place = Path(gettempdir()) / f"sparsity-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    with FileLock(place / "lock"):  # nobody takes a folder that is just made for one that was left
        for left in place.glob("trial-*/"):
            _remove_if_left(left)
        folder = Path(mkdtemp(prefix="trial-", dir=place))
        own = FileLock(folder / "lock", thread_local=False)
        own.acquire()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        own.release()


def _remove_if_left(folder: Path) -> None:
    """Remove the folder if its process has ended."""
    with suppress(Timeout), FileLock(folder / "lock", timeout=0):
        shutil.rmtree(folder, ignore_errors=True)
