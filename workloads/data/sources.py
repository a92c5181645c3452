"""Where data sets come from and where they are kept: fetched or made once, then read from one file each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from filelock import FileLock

from workloads.data import archives, embedded, files, prepared
from workloads.data.declared import DIGITS, DIGITS_28X28, FASHION_MNIST, MNIST, Declared
from workloads.data.prepared import Prepared
from workloads.errors import DataError

FETCHED = {FASHION_MNIST.identity: "FashionMNIST", MNIST.identity: "MNIST"}  # -> class in torchvision.datasets
EMBEDDED = {DIGITS.identity: embedded.digits, DIGITS_28X28.identity: embedded.digits_28x28}


@dataclass(frozen=True)
class Sources:
    """What a process needs to know to get at data."""

    cache: Path  # absolute
    mirror: str | None = None  # https:// or file://, no slash at the end; tried before the public ones

    @classmethod
    def from_environment(cls, data_dir: Path | None, environ: Mapping[str, str]) -> Self:
        """`data_dir`, else SPARSITY_DATA, else the user's cache folder; the mirror is SPARSITY_DATA_MIRROR.

        An empty variable counts as unset. Raises DataError for a mirror that is neither https:// nor file://.
        """
        cache = data_dir or environ.get("SPARSITY_DATA")
        if not cache:
            from platformdirs import user_cache_path

            cache = user_cache_path("sparsity", appauthor=False)
        mirror = environ.get("SPARSITY_DATA_MIRROR") or None
        return cls(Path(os.path.expanduser(cache)).absolute(), mirror and _checked(mirror))

    def path(self, declared: Declared) -> Path:
        """The one file that trials read."""
        return self.cache / f"{declared.identity}.safetensors"


def read(declared: Declared, sources: Sources) -> Prepared:
    """The data set; where its file is missing or damaged it is fetched or made first, by one process at a time.

    Raises DataError where it cannot be had.
    """
    path = sources.path(declared)
    if found := _kept(declared, path):
        return found
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):
            if found := _kept(declared, path):  # made by another while this one waited
                return found
            made = _made(declared, sources)
            prepared.write(path, made, declared.identity)
            return made
    except OSError as error:
        if declared.identity in EMBEDDED:  # no more than a second lost
            return _made(declared, sources)
        raise DataError(
            f"cannot keep {declared.name} in {sources.cache}: {error.strerror or error}; "
            "name another folder with --data-dir or SPARSITY_DATA"
        ) from None


def fetch(declared: Declared, sources: Sources) -> Path:
    """See to it that `read` will be quick and need no network; does nothing where all is there.

    Returns the file or folder that trials read; it is absent only where embedded data meets a cache that cannot be
    written.
    Raises DataError where the data set cannot be had.
    """
    if declared.identity in files.FOLDERS:
        files.read(declared, sources)
        return files.folder(declared, sources)
    read(declared, sources)
    return sources.path(declared)


def verify(declared: Declared, sources: Sources) -> tuple[str, ...]:
    """What is wrong with the data set on disk, a sentence each: its file's SHA-256, its archives' MD5 sums.

    Archives that have been removed are not missed: trials read only the file.
    """
    if declared.identity in files.FOLDERS:
        return tuple(files.problems(declared, sources))
    try:
        found = prepared.read(sources.path(declared), declared.identity)
    except DataError as error:
        return (f"{error}; `sparsity data fetch {declared.name}` makes it anew",)
    problems = []
    for name, md5 in found.archives.items():
        path = archives.folder(sources.cache, FETCHED[declared.identity]) / name
        if path.exists() and (actual := _md5(path)) != md5:
            problems.append(f"{path} is damaged: its MD5 is {actual}, not {md5}; remove it, trials do not read it")
    return tuple(problems)


def _kept(declared: Declared, path: Path) -> Prepared | None:
    try:
        return prepared.read(path, declared.identity)
    except DataError:
        return None


def _made(declared: Declared, sources: Sources) -> Prepared:
    if declared.identity in EMBEDDED:
        return EMBEDDED[declared.identity]()
    return archives.unpacked(FETCHED[declared.identity], sources.cache, sources.mirror)


def _checked(mirror: str) -> str:
    parts = urlsplit(mirror)
    https = parts.scheme == "https" and parts.netloc
    file = parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/")
    if not (https or file):
        raise DataError(
            f"SPARSITY_DATA_MIRROR is {mirror!r}; it must be https://<host>/<folder> or file:///<folder>, where the "
            "folder holds FashionMNIST/raw/, MNIST/raw/, tinyshakespeare/ or gpt2-bpe/; correct it or unset it"
        )
    return mirror.rstrip("/")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
