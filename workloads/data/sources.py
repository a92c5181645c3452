"""Data sets in the cache: downloaded or generated once, then read from one file each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from filelock import FileLock

from workloads.data import archives, embedded, files, first_weights, image_file
from workloads.data.declared import DIGITS, DIGITS_28X28, FASHION_MNIST, MNIST, Declared
from workloads.data.first_weights import DeclaredWeights
from workloads.data.image_file import ImageArrays
from workloads.errors import DataError

FETCHED = {FASHION_MNIST.identity: "FashionMNIST", MNIST.identity: "MNIST"}  # identity -> class in torchvision.datasets
EMBEDDED = {DIGITS.identity: embedded.digits, DIGITS_28X28.identity: embedded.digits_28x28}


@dataclass(frozen=True)
class Sources:
    """The cache folder and the mirror of data sets."""

    cache: Path  # absolute
    mirror: str | None = None  # https:// or file://, no slash at the end; tried before the public servers

    @classmethod
    def from_environment(cls, data_dir: Path | None, environ: Mapping[str, str]) -> Self:
        """The cache is `data_dir`, else SPARSITY_DATA, else the user's cache folder; the mirror SPARSITY_DATA_MIRROR.

        An empty variable counts as unset. Raises DataError for a mirror that is neither https:// nor file://.
        """
        cache = data_dir or environ.get("SPARSITY_DATA")
        if not cache:
            from platformdirs import user_cache_path

            cache = user_cache_path("sparsity", appauthor=False)
        mirror = environ.get("SPARSITY_DATA_MIRROR") or None
        return cls(Path(os.path.expanduser(cache)).absolute(), mirror and _check_mirror(mirror))

    def path(self, declared: Declared) -> Path:
        """The file that trials read."""
        return self.cache / _name(declared)


def cached_files(declared: Declared) -> tuple[str, ...]:
    """The paths within a cache of the files that trials read."""
    if isinstance(declared, DeclaredWeights):
        return (declared.name_in_cache,)
    if declared.identity in files.FOLDERS:
        folder, published = files.FOLDERS[declared.identity]
        return tuple(f"{folder}/{file.name}" for file in published)
    return (_name(declared),)


def _name(declared: Declared) -> str:
    return f"{declared.identity}.safetensors"


def read(declared: Declared, sources: Sources) -> ImageArrays:
    """The data set. If its file is missing or damaged, one process at a time downloads or generates it first.

    Raises DataError if the data set is not available.
    """
    path = sources.path(declared)
    if arrays := _from_cache(declared, path):
        return arrays
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):
            if arrays := _from_cache(declared, path):  # another process wrote it while this one waited
                return arrays
            arrays = _from_source(declared, sources)
            image_file.write(path, arrays, declared.identity)
            return arrays
    except OSError as error:
        if declared.identity in EMBEDDED:  # generating it again takes less than a second
            return _from_source(declared, sources)
        raise DataError(
            f"cannot write {declared.name} to {sources.cache}: {error.strerror or error}; "
            "name another folder with --data-dir or SPARSITY_DATA"
        ) from None


def fetch(declared: Declared, sources: Sources) -> Path:
    """Put the data set into the cache, so that `read` is quick and needs no network; a no-op if it is there already.

    Returns the file or folder that trials read. It does not exist if the data set is embedded and the cache is not
    writable.
    Raises DataError if the data set is not available.
    """
    if isinstance(declared, DeclaredWeights):
        return first_weights.fetch(declared, sources)
    if declared.identity in files.FOLDERS:
        files.read(declared, sources)
        return files.folder(declared, sources)
    read(declared, sources)
    return sources.path(declared)


def verify(declared: Declared, sources: Sources) -> tuple[str, ...]:
    """The faults of the data set on disk, one sentence each: the file's SHA-256 and the archives' MD5 sums are checked.

    A missing archive is no fault, since trials read only the file.
    """
    if declared.identity in files.FOLDERS:
        return tuple(files.problems(declared, sources))
    try:
        arrays = image_file.read(sources.path(declared), declared.identity)
    except DataError as error:
        return (f"{error}; `sparsity data fetch {declared.name}` makes it again",)
    problems = []
    for name, md5 in arrays.archives.items():
        path = archives.folder(sources.cache, FETCHED[declared.identity]) / name
        if path.exists() and (actual := _md5(path)) != md5:
            problems.append(f"{path} is damaged: its MD5 is {actual}, not {md5}; remove it, trials do not read it")
    return tuple(problems)


def _from_cache(declared: Declared, path: Path) -> ImageArrays | None:
    try:
        return image_file.read(path, declared.identity)
    except DataError:
        return None


def _from_source(declared: Declared, sources: Sources) -> ImageArrays:
    if declared.identity in EMBEDDED:
        return EMBEDDED[declared.identity]()
    return archives.unpack(FETCHED[declared.identity], sources.cache, sources.mirror)


def _check_mirror(mirror: str) -> str:
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
