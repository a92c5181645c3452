"""Image data sets from torchvision, whose classes download the archives, check their MD5 sums and unpack them."""

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

from workloads.data.image_file import ARRAYS, ImageArrays
from workloads.errors import DataError

TIMEOUT = 30  # seconds to wait for the next byte from a server


def folder(cache: Path, name: str) -> Path:
    """The folder in which torchvision's class `name` looks for its archives."""
    return cache / name / "raw"


def unpack(name: str, cache: Path, mirror: str | None) -> ImageArrays:
    """The data set of torchvision's class `name`, such as FashionMNIST.

    Archives come from `cache`, else from `mirror` (https:// or file://, laid out <mirror>/<name>/raw/<file>),
    else from torchvision's mirrors. Undamaged archives stay in `cache`. The caller must hold a lock: two processes
    must not unpack the same data set at once.
    Raises DataError if an archive is not available, OSError if `cache` is not writable.
    """
    datasets = _torchvision_datasets()
    dataset = getattr(datasets, name)
    work = cache / f".{name}.part"
    shutil.rmtree(work, ignore_errors=True)  # a killed fetch may have left it
    raw, cached = folder(work, name), folder(cache, name)
    raw.mkdir(parents=True)
    cached.mkdir(parents=True, exist_ok=True)
    mirrors, attempts = list(dataset.mirrors), []
    try:
        attempts += _copy_intact(dataset.resources, cached, raw)
        if mirror and mirror.startswith("file:"):  # torchvision cannot download from file://, but uses local archives
            attempts += _copy_intact(dataset.resources, folder(Path(url2pathname(urlsplit(mirror).path)), name), raw)
        elif mirror:
            mirrors.insert(0, f"{mirror}/{name}/raw/")
        for url in mirrors:
            try:
                return _read_arrays(type(name, (dataset,), {"mirrors": [url]}), work)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                attempts.append(f"{url}: {_last_line(error)}")
        raise DataError(_fetch_failure(dataset.resources, name, cached, attempts))
    finally:
        try:
            _copy_intact(dataset.resources, raw, cached)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _torchvision_datasets() -> ModuleType:
    try:
        from torchvision import datasets
    except (ImportError, OSError, RuntimeError) as error:
        raise DataError(
            f"torchvision does not fit torch {version('torch')} ({_last_line(error)}): reinstall both as one build "
            "from one index, e.g. `pip install --force-reinstall torch torchvision`, "
            "or use --offline for embedded stand-in data"
        ) from None
    return datasets


def _read_arrays(dataset: Any, root: Path) -> ImageArrays:
    """Download and read `dataset`, a class of torchvision, which is untyped."""
    with _quietly():
        train = dataset(root, train=True, download=True)
        test = dataset(root, train=False)
    tensors = [tensor for split in (train, test) for tensor in (split.data, split.targets)]
    arrays = {name: tensor.numpy().astype(numpy.uint8) for name, tensor in zip(ARRAYS, tensors, strict=True)}
    return ImageArrays(**arrays, archives=dict(dataset.resources))


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """No progress bars from torchvision, and a timeout, which torchvision does not set."""
    previous = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        socket.setdefaulttimeout(previous)


def _copy_intact(resources: list[tuple[str, str]], source: Path, target: Path) -> list[str]:
    """Copy from `source` the archives that `target` lacks, if their MD5 is right.

    Returns one line about those that are missing or damaged, or nothing."""
    from torchvision.datasets.utils import check_integrity

    faults = []
    for file, md5 in resources:
        if check_integrity(target / file, md5):
            continue
        if check_integrity(source / file, md5):
            part = target / f".{file}.part"
            shutil.copyfile(source / file, part)
            part.replace(target / file)
        else:
            faults.append(f"{file} is damaged" if (source / file).exists() else f"no {file}")
    return [f"{source}: {', '.join(faults)}"] if faults else []


def _last_line(error: BaseException) -> str:
    """The last line of torchvision's message, which names the cause."""
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()


def _fetch_failure(resources: list[tuple[str, str]], name: str, cached: Path, attempts: list[str]) -> str:
    files = "\n".join(f"  {file}  (MD5 {md5})" for file, md5 in resources)
    return (
        f"{name} could not be fetched. Tried:\n" + "\n".join(f"  {line}" for line in attempts) + "\n"
        f"Put these files into {cached}:\n{files}\n"
        f"or name a mirror in SPARSITY_DATA_MIRROR (https:// or file://) that has them under {name}/raw/, "
        "or use --offline for embedded stand-in data"
    )
