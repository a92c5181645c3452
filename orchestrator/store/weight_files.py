"""Reads weights from any file that can be read without running code."""

import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from orchestrator.store import networks
from workloads.errors import UsageError

CODE = re.compile(r"(?<=Unsupported global: GLOBAL )\S+|TorchScript archive")  # code that torch.load refuses to run


def read(path: Path) -> dict[str, Tensor]:
    """The floating-point tensors of a file by name, on the CPU; of a sweep's run, only its prunable weights.

    Of nested mappings, the one with the most tensors is taken: the state dict of the model, not of the optimizer.
    Raises UsageError if the file holds no weights, or if reading it could run code.
    """
    try:
        with open(path, "rb") as file:
            is_safetensors = file.read(9)[8:] == b"{"  # a length of eight bytes, then JSON
        return _safetensors(path) if is_safetensors else _pickled(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return networks.matrices(path) or _floating(networks.load(path)[0])
    except (SafetensorError, ValueError) as error:
        raise UsageError(f"{path} is damaged: {error}") from error


def _pickled(path: Path) -> dict[str, Tensor]:
    try:
        with warnings.catch_warnings(action="ignore"):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged file makes torch raise
        if code := CODE.search(str(error)):
            text = f"{path} holds more than weights: reading it could run code ({code[0]}), so it is not read"
            raise UsageError(f"{text}; save the network's state_dict() instead, or use safetensors") from error
        text = f"{path} is neither safetensors nor a file of weights that torch.load reads"
        raise UsageError(f"{text} ({type(error).__name__})") from error
    parts = [_floating(mapping) for mapping in _mappings(content)]
    if not any(parts):
        raise UsageError(f"{path} holds no weights: there is no mapping of names to tensors in it")
    return _unmasked(max(parts, key=len))


def _mappings(value: Any) -> Iterator[Mapping]:
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from _mappings(item)


def _floating(tensors: Mapping[str, Any]) -> dict[str, Tensor]:
    return {
        name: tensor.to_dense()
        for name, tensor in tensors.items()
        if isinstance(name, str) and isinstance(tensor, Tensor) and tensor.is_floating_point()
    }


def _unmasked(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """`weights` with masks applied. torch.nn.utils.prune stores `weight_orig` and `weight_mask` instead of `weight`."""
    result = {}
    for name, weight in weights.items():
        plain, _, kind = name.rpartition("_")
        if kind == "orig" and f"{plain}_mask" in weights:
            result[plain] = weight * weights[f"{plain}_mask"]
        elif not (kind == "mask" and f"{plain}_orig" in weights):
            result[name] = weight
    return result
