"""Image data sets from torchvision: its classes say where the archives are, check their MD5 sums and unpack them."""

from __future__ import annotations

import contextlib
import http.client
import io
import shutil
import socket
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy

from workloads.data.prepared import ARRAYS, Prepared
from workloads.errors import DataError

SILENCE = 30  # seconds without a byte after which a server counts as not answering


def folder(cache: Path, name: str) -> Path:
    """Where torchvision's class `name` looks for its archives."""
    return cache / name / "raw"


def unpacked(name: str, cache: Path, mirror: str | None) -> Prepared:
    """The data set of torchvision's class `name`, such as FashionMNIST.

    Archives come from `cache`, else from `mirror` (https:// or file://, laid out <mirror>/<name>/raw/<file>),
    else from torchvision's own mirrors; whole ones stay in `cache`. The caller sees to it that nobody else
    does the same at the same time.
    Raises DataError where an archive cannot be had, OSError where `cache` cannot be written.
    """
    datasets = _torchvision_datasets()
    published = getattr(datasets, name)
    work = cache / f".{name}.part"
    shutil.rmtree(work, ignore_errors=True)  # of a fetch that was killed
    raw, kept = folder(work, name), folder(cache, name)
    raw.mkdir(parents=True)
    kept.mkdir(parents=True, exist_ok=True)
    mirrors, tried = list(published.mirrors), []
    try:
        tried += _copy_whole(published.resources, kept, raw)
        if mirror and mirror.startswith("file:"):  # torchvision cannot download from file://, but takes what is there
            tried += _copy_whole(published.resources, folder(Path(url2pathname(urlsplit(mirror).path)), name), raw)
        elif mirror:
            mirrors.insert(0, f"{mirror}/{name}/raw/")
        for place in mirrors:
            try:
                return _as_prepared(type(name, (published,), {"mirrors": [place]}), work)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                tried.append(f"{place}: {_last_line(error)}")
        raise DataError(_nothing_fetched(published.resources, name, kept, tried))
    finally:
        try:
            _copy_whole(published.resources, raw, kept)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _torchvision_datasets() -> ModuleType:
    try:
        from torchvision import datasets
    except (ImportError, OSError, RuntimeError) as error:
        raise DataError(
            f"torchvision cannot be imported beside torch {version('torch')} ({_last_line(error)}): install both anew, "
            "of one build and from one index, e.g. `pip install --force-reinstall torch torchvision`, "
            "or use --offline for embedded stand-in data"
        ) from None
    return datasets


def _as_prepared(published: Any, root: Path) -> Prepared:
    """`published` is a data set class of torchvision's, which has no types of its own."""
    with _quietly():
        train = published(root, train=True, download=True)
        test = published(root, train=False)
    found = [array for split in (train, test) for array in (split.data.numpy(), split.targets.numpy())]
    arrays = {name: array.astype(numpy.uint8) for name, array in zip(ARRAYS, found, strict=True)}
    return Prepared(**arrays, archives=dict(published.resources))


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Without torchvision's progress bars, and without its endless wait for a server that has gone silent."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        socket.setdefaulttimeout(before)


def _copy_whole(resources: list[tuple[str, str]], source: Path, target: Path) -> list[str]:
    """Copy the archives that `target` lacks and `source` has with the right MD5; one line on those it has not."""
    from torchvision.datasets.utils import check_integrity

    wrong = []
    for file, md5 in resources:
        if check_integrity(target / file, md5):
            continue
        if check_integrity(source / file, md5):
            part = target / f".{file}.part"
            shutil.copyfile(source / file, part)
            part.replace(target / file)
        else:
            wrong.append(f"{file} is damaged" if (source / file).exists() else f"no {file}")
    return [f"{source}: {', '.join(wrong)}"] if wrong else []


def _last_line(error: BaseException) -> str:
    """What torchvision's messages end with: the cause."""
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()


def _nothing_fetched(resources: list[tuple[str, str]], name: str, kept: Path, tried: list[str]) -> str:
    files = "\n".join(f"  {file}  (MD5 {md5})" for file, md5 in resources)
    return (
        f"{name} could not be fetched. Tried:\n" + "\n".join(f"  {line}" for line in tried) + "\n"
        f"Put these files into {kept}:\n{files}\n"
        f"or name a mirror in SPARSITY_DATA_MIRROR (https:// or file://) that has them under {name}/raw/, "
        "or use --offline for embedded stand-in data"
    )
