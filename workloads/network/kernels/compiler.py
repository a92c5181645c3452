"""How functions are compiled by numba, and where what is compiled is kept."""

from __future__ import annotations

import hashlib
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock
from numba import config, njit
from platformdirs import user_cache_path


def _folder_digest() -> str:
    """Of this folder's sources: numba sees changes in the file of an `outer` function, but not in its imports."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


CACHE = Path(config.CACHE_DIR or user_cache_path("sparsity") / "kernels") / _folder_digest()  # type: ignore[attr-defined]
config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]

# Sums may be reordered for speed, but NaN and infinity stay what they are, since a diverged network must show.
OPTIONS: dict[str, Any] = {
    "fastmath": {"reassoc", "contract", "arcp", "nsz", "afn"}, "boundscheck": False, "error_model": "numpy",
    "nogil": True,
}  # fmt: skip
inlined = njit(**OPTIONS, forceinline=True)  # into the functions that call it
inner = njit(**OPTIONS)  # called by compiled functions
outer = njit(**OPTIONS, cache=True)  # called by Python, and kept in the cache


def turn() -> FileLock | nullcontext:
    """The lock of the cache folder; none where the folder cannot be written."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
    except OSError:
        return nullcontext()
    return FileLock(CACHE / "lock") if os.access(CACHE, os.W_OK) else nullcontext()
