"""The weights of any file, for `sparsity inspect`, and the network that they make, for `sparsity export`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from safetensors import SafetensorError
from torch import Tensor, device

from orchestrator.store import networks
from workloads import weights_file
from workloads.deploy import tensor_file
from workloads.errors import DataError, UsageError
from workloads.network.state import State

if TYPE_CHECKING:
    from workloads.tasks.workload import Workload


def read(path: Path) -> dict[str, Tensor]:
    """The floating-point tensors of a file by name, on the CPU, to be inspected.

    Of a sweep's run and of an exported network, only the prunable weights, as (out, in, ...). Raises UsageError as
    `weights_file.read`."""
    with _in_words(path):
        if tensor_file.is_export(path):
            exported = tensor_file.load(path)
            state = State.new(exported.facts.workload, 0, device("cpu"), exported.model.state_dict())
            return {f"{name}.weight": matrix.detach() for name, matrix in state.matrices.items()}
        if weights_file.is_safetensors(path) and (weights := networks.matrices(path)):
            return weights
    tensors = weights_file.read(path)
    floating = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point()}
    if not floating:
        raise UsageError(f"{path} holds no weights: none of its tensors has floating-point numbers")
    return _unmasked(floating)


def network(path: Path, workload: Workload | None = None) -> State:
    """The network of a file, on the CPU: of a run, an export, or another program.

    The first two say what network they hold; `workload` says it of the last. Raises UsageError."""
    with _in_words(path):
        known, weights = _network(path)
    workload = workload or known
    if workload is None:
        raise UsageError(
            f"{path} holds weights and does not say of which network; name its workload, e.g. --workload digits_mlp "
            "or --workload '{name: digits_mlp, hidden: [8, 6]}'"
        )
    try:
        return State.new(workload, 0, device("cpu"), weights)
    except DataError as error:
        text = str(error).replace("the weights to begin with do not fit the network", "its weights do not fit")
        raise UsageError(f"{path}: of the network {workload.name}, {text}, e.g. with --workload '{{name: "
                         f"{workload.name}, ...}}'") from error  # fmt: skip


def _network(path: Path) -> tuple[Workload | None, dict[str, Tensor]]:
    """The workload that a file names, if it does, and all tensors of the network."""
    if tensor_file.is_export(path):
        exported = tensor_file.load(path)
        return exported.facts.workload, exported.model.state_dict()
    if weights_file.is_safetensors(path):
        weights, masks = networks.load(path)
        if masks:
            return networks.workload(path), weights
    return None, _unmasked(weights_file.read(path))


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What goes wrong when a file is read, as UsageError."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        reason = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UsageError(f"{path} holds a network in settings that are not known here: {reason}") from error
    except (SafetensorError, LookupError, ValueError) as error:
        raise UsageError(f"{path} is damaged: {error}") from error


def _unmasked(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`weights` with masks applied. torch.nn.utils.prune stores `weight_orig` and `weight_mask` instead of `weight`."""
    result = {}
    for name, weight in weights.items():
        plain, _, kind = name.rpartition("_")
        if kind == "orig" and f"{plain}_mask" in weights:
            result[plain] = weight * weights[f"{plain}_mask"]
        elif not (kind == "mask" and f"{plain}_orig" in weights):
            result[name] = weight
    return result
