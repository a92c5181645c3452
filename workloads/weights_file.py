"""Reads the tensors of any file of weights that can be read without running code."""

import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from workloads.errors import UsageError

CODE = re.compile(r"(?<=Unsupported global: GLOBAL )\S+|TorchScript archive")  # code that torch.load refuses to run


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by name, on the CPU: safetensors, or what `torch.save` wrote.

    Of nested mappings, the one with the most tensors is taken: the state dict of the model, not of the optimizer. Of a
    run's weights the masks are left out, since removed weights are zero. Raises UsageError if the file holds no
    tensors, or if reading it could run code.
    """
    try:
        tensors = _safetensors(path) if is_safetensors(path) else _pickled(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (SafetensorError, ValueError) as error:
        raise UsageError(f"{path} is damaged: {error}") from error
    if not tensors:
        raise UsageError(f"{path} holds no weights: there is no mapping of names to tensors in it")
    return tensors


def is_safetensors(path: Path) -> bool:
    """Whether the file begins like safetensors: a length of eight bytes, then JSON. Raises OSError."""
    with open(path, "rb") as file:
        return file.read(9)[8:] == b"{"


def _safetensors(path: Path) -> dict[str, Tensor]:
    with safe_open(path, framework="pt") as file:
        masks = file.metadata() or {}  # the shapes of bit masks, by their names
        return {name: file.get_tensor(name) for name in file.keys() if name not in masks}


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
    return max(([*map(_tensors, _mappings(content))] or [{}]), key=len)


def _mappings(value: Any) -> Iterator[Mapping]:
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from _mappings(item)


def _tensors(mapping: Mapping[str, Any]) -> dict[str, Tensor]:
    return {
        name: tensor.to_dense() if tensor.layout != torch.strided else tensor
        for name, tensor in mapping.items()
        if isinstance(name, str) and isinstance(tensor, Tensor)
    }
