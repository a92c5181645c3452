"""Snapshots on disk: safetensors with JSON in the metadata, so that nothing is unpickled."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from workloads.atomic import replacing
from workloads.digests import sha256
from workloads.network.snapshot import Snapshot
from workloads.script.paths import Passage
from workloads.training.stages import Stages


def write(path: Path, snapshot: Snapshot, **details: Any) -> None:
    """Write a snapshot and `details`, which are stored as JSON, atomically."""
    tensors = {name: tensor.cpu().contiguous() for name, tensor in snapshot.tensors.items()}
    texts = {"facts": json.dumps(snapshot.facts), "more": json.dumps(details)}
    with replacing(path) as unfinished:
        unfinished.write_bytes(save(tensors, texts | {"digest": _digest(tensors, texts)}))


def read(path: Path) -> tuple[Snapshot, dict[str, Any]] | None:
    """The snapshot and its details; None if the file is missing or damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            texts = dict(file.metadata())
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        if texts.pop("digest") != _digest(tensors, texts):
            return None
        return Snapshot(tensors, json.loads(texts["facts"])), json.loads(texts["more"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None


def _digest(tensors: Mapping[str, Tensor], texts: Mapping[str, str]) -> str:
    """SHA-256 of the whole content: one wrong bit in a network would change results."""
    return sha256(tensors, json.dumps(texts, sort_keys=True).encode())


class FolderStages(Stages):
    """Stages as files of one folder, which all its sweeps share."""

    def __init__(
        self,
        folder: Path,
        cuts: frozenset[Passage],
        wanted: Callable[[Path], None],
        stored: Callable[[Path], None],
        used: list[str],
    ):
        """`wanted` receives the path of a stage that is not there, and may put it there; `stored` the path of each that
        is. `used` collects the keys of stages read or put."""
        self._folder = folder
        self.cuts = cuts
        self._wanted = wanted
        self._stored = stored
        self._used = used

    def get(self, key: str) -> Snapshot | None:
        """See Stages."""
        if not self.holds(key):
            return None
        content = read(self._path(key))
        if content is None:
            self._path(key).unlink(missing_ok=True)  # damaged
            return None
        self._used.append(key)
        return content[0]

    def put(self, key: str, snapshot: Snapshot) -> None:
        """See Stages."""
        self._used.append(key)
        if not self._path(key).exists():
            write(self._path(key), snapshot)
        self._stored(self._path(key))

    def holds(self, key: str) -> bool:
        """Whether the stage's file exists, even if it is damaged."""
        if not self._path(key).exists():
            self._wanted(self._path(key))
        return self._path(key).exists()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.safetensors"
