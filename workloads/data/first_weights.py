"""Weights from which networks begin: kept in the cache under their digest, and fitted to a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from workloads.atomic import replacing
from workloads.data.declared import Declared
from workloads.errors import DataError, UsageError
from workloads.script.start import Start, content_digest

if TYPE_CHECKING:
    from torch import Tensor, nn

    from workloads.data.sources import Sources

FOLDER = "weights"  # in the cache


@dataclass(frozen=True)
class DeclaredWeights(Declared):
    """A file of weights by its digest."""

    file: Path | None = field(default=None, compare=False)  # where the spec says that it is; None: only in the cache

    @classmethod
    def of(cls, start: Start) -> DeclaredWeights:
        """The file that a trial begins from."""
        return cls(f"{FOLDER}@{start.digest}", start.file)

    @property
    def digest(self) -> str:
        """The digest of the file."""
        return self.identity.partition("@")[2]

    @property
    def name_in_cache(self) -> str:
        """The path within a cache."""
        return f"{FOLDER}/{self.digest}"


def fetch(declared: DeclaredWeights, sources: Sources) -> Path:
    """Copy the file into the cache unless it is there, and return its path there. Raises DataError."""
    path = sources.cache / declared.name_in_cache
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):
            if _digest(path) == declared.digest:
                return path
            if declared.file is None or _digest(declared.file) != declared.digest:
                raise DataError(
                    f"the weights {declared.digest} to begin with are neither in {path.parent} nor in "
                    f"{declared.file or 'a file that is named'}; name their file in workload.start"
                )
            with replacing(path) as unfinished:
                unfinished.write_bytes(declared.file.read_bytes())
            return path
    except OSError as error:
        raise DataError(f"cannot write the weights to {path}: {error.strerror or error}; name another folder with "
                        "--data-dir or SPARSITY_DATA") from None  # fmt: skip


def load(declared: DeclaredWeights, sources: Sources) -> dict[str, Tensor]:
    """The tensors of the file by name, on the CPU. Raises DataError."""
    from workloads import weights_file

    path = fetch(declared, sources)
    try:
        return weights_file.read(path)
    except UsageError as error:
        raise DataError(f"{declared.file or declared.name}: {error}") from error


def begin_with(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load weights into a network: by name, or else in order where all shapes agree, of each module its weight first.

    A tensor that repeats another one, as a tied output layer does, may be there besides. Raises DataError.
    """
    wanted = model.state_dict()
    if not wanted.keys() <= weights.keys():
        weights = _weight_first(weights)
        shapes = [tensor.shape for tensor in weights.values()]
        if shapes != [tensor.shape for tensor in wanted.values()]:
            raise DataError(_difference(wanted, weights))
        weights = dict(zip(wanted, weights.values(), strict=True))
    others = [name for name in weights if name not in wanted and not _repeats(weights[name], weights, wanted)]
    if others or any(weights[name].shape != tensor.shape for name, tensor in wanted.items()):
        raise DataError(_difference(wanted, weights))
    model.load_state_dict({name: weights[name] for name in wanted})


def _weight_first(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors module by module, the weight first: torch.nn.utils.prune puts it behind the bias."""
    modules = list(dict.fromkeys(name.rpartition(".")[0] for name in weights))
    order = sorted(weights, key=lambda name: (modules.index(name.rpartition(".")[0]), not name.endswith("weight")))
    return {name: weights[name] for name in order}


def _repeats(tensor: Tensor, weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> bool:
    return any(tensor.shape == weights[name].shape and bool((tensor == weights[name]).all()) for name in wanted)


def _difference(wanted: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> str:
    """The first difference between the tensors of a network and those of a file, with what to do."""
    ours = [f"{name} {tuple(tensor.shape)}" for name, tensor in wanted.items()]
    theirs = [f"{name} {tuple(tensor.shape)}" for name, tensor in weights.items()]
    place = next((index for index, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
                 min(len(ours), len(theirs)))  # fmt: skip
    here, there = (names[place] if place < len(names) else "nothing" for names in (ours, theirs))
    return (f"the weights to begin with do not fit the network: tensor {place + 1} of {len(ours)} is {here}, and the "
            f"file has {there}, of {len(theirs)}; set the workload's sizes to those of the weights")  # fmt: skip


def _digest(path: Path) -> str | None:
    try:
        stat = path.stat()
        return content_digest(path, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return None
