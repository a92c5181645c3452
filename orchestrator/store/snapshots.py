"""Snapshots on disk: safetensors with JSON beside the tensors, so that nothing is unpickled."""

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


def write(path: Path, snapshot: Snapshot, **more: Any) -> None:
    """Write a snapshot, atomically, and with it what else is to be known."""
    tensors = {name: tensor.cpu().contiguous() for name, tensor in snapshot.tensors.items()}
    texts = {"facts": json.dumps(snapshot.facts), "more": json.dumps(more)}
    with replacing(path) as unfinished:
        unfinished.write_bytes(save(tensors, texts | {"digest": _digest(tensors, texts)}))


def read(path: Path) -> tuple[Snapshot, dict[str, Any]] | None:
    """The snapshot and what else was written; None where there is none, or none that is whole."""
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
    """SHA-256 over all of it: one wrong bit in a network would be a wrong figure."""
    return sha256(tensors, json.dumps(texts, sort_keys=True).encode())


class FolderStages(Stages):
    """Stages as files of one folder, shared by all sweeps on it."""

    def __init__(self, folder: Path, cuts: frozenset[Passage], kept: Callable[[str], None], used: list[str]):
        """`kept` is told the key of a stage that has been put; to `used` go keys that were found or put."""
        self._folder = folder
        self._kept = kept
        self.cuts = cuts
        self._used = used

    def get(self, key: str) -> Snapshot | None:
        """See Stages."""
        found = read(self._path(key))
        if found is None:
            self._path(key).unlink(missing_ok=True)  # damaged, if it is there at all
            return None
        self._used.append(key)
        return found[0]

    def put(self, key: str, snapshot: Snapshot) -> None:
        """See Stages."""
        self._used.append(key)
        if not self._path(key).exists():
            write(self._path(key), snapshot)
        self._kept(key)

    def holds(self, key: str) -> bool:
        """Whether the stage is there, whole or not."""
        return self._path(key).exists()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.safetensors"
