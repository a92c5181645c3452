"""A receipt: what MLflow's store and the report had when a sweep ended, so that asking again costs no time.

It holds one digest of everything that sending and drawing depend on: this code, the spec, the files of all trials, the
report, and what the store holds. Any difference, and anything that cannot be read, means: send and draw again. Stores
that are no SQLite file have no receipt.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from dashboards.mlflow_inside import contents
from orchestrator.spec.reading import SweepSpec
from orchestrator.store.folders import ResultsFolder, SweepFolder
from workloads.atomic import write_text

PACKAGES = Path(__file__).parents[2]
CODE = ("orchestrator", "workloads", "dashboards")
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Receipt:
    """The content of the file."""

    digest: str
    verdict: str | None  # of the report; None where none was drawn


RECEIPT = TypeAdapter(Receipt)


def valid_receipt(spec: SweepSpec, folder: SweepFolder, uri: str, report: bool) -> Receipt | None:
    """The receipt if nothing has changed since; None otherwise, or if a `report` is wanted and it tells of none."""
    try:
        receipt = RECEIPT.validate_json(folder.receipt.read_bytes())
    except (OSError, ValueError):
        return None
    holds = (receipt.verdict is not None or not report) and receipt.digest == _digest(spec, folder, uri)
    return receipt if holds else None


def write(spec: SweepSpec, folder: SweepFolder, uri: str, verdict: str | None) -> None:
    """Write the receipt of a sweep whose results the store has; `verdict`: of the report that shows them."""
    if digest := _digest(spec, folder, uri):
        write_text(folder.receipt, RECEIPT.dump_json(Receipt(digest, verdict), indent=1).decode())


def _digest(spec: SweepSpec, folder: SweepFolder, uri: str) -> str | None:
    """64 hex digits; None where it cannot be told what the store holds."""
    if not uri.startswith(SQLITE):
        return None
    database = Path(uri.removeprefix(SQLITE))
    try:
        store = {"uri": uri, "file": _identity(database), "runs": contents(database, spec.name)}
    except (OSError, sqlite3.Error, ValueError):
        return None
    content = {
        "code": list(_code()), "spec": [spec.text, *spec.overrides, spec.offline], "store": store,
        "files": list(_files(folder)), "index": ResultsFolder(folder.path.parent).index.exists(),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _identity(path: Path) -> list[int]:
    """Which file lies at `path`: another one has another number, even if it holds the same."""
    about = path.stat()
    return [about.st_dev, about.st_ino]


def _code() -> Iterator[tuple[Any, ...]]:
    """The source files of this project."""
    for package in CODE:
        for path in sorted((PACKAGES / package).rglob("*")):
            if path.suffix not in ("", ".pyc"):
                yield _fingerprint(path.stat(), path.relative_to(PACKAGES).as_posix())


def _files(folder: SweepFolder) -> Iterator[tuple[Any, ...]]:
    """The files of a sweep and its trials that results, spec, plan or report are read from."""
    own = (folder.spec, folder.plan, folder.report, folder.summary)
    yield from (_fingerprint(path.stat(), path.name) for path in own if path.exists())
    trials = sorted((entry.name, entry.path) for entry in os.scandir(folder.path) if entry.is_dir())
    for name, path in trials:
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            if entry.name != "lock":
                yield _fingerprint(entry.stat(), f"{name}/{entry.name}")


def _fingerprint(about: os.stat_result, name: str) -> tuple[Any, ...]:
    """A file's name, number, size and last change: a file written anew has another one, even if it says the same."""
    return name, about.st_ino, about.st_size, about.st_mtime_ns
