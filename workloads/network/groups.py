"""Tensors under names like paths: "group/name"."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


def grouped(name: str, tensors: Mapping[str, Value]) -> dict[str, Value]:
    """Tensors put under one name.

    >>> grouped("removed", {"hidden.0": 1})
    {'removed/hidden.0': 1}
    """
    return {f"{name}/{each}": tensor for each, tensor in tensors.items()}


def group(tensors: Mapping[str, Value], name: str) -> dict[str, Value]:
    """The tensors under one name, without it.

    >>> group({"removed/hidden.0": 1, "mask/hidden.0": 2}, "removed")
    {'hidden.0': 1}
    """
    inside = f"{name}/"
    return {path.removeprefix(inside): each for path, each in tensors.items() if path.startswith(inside)}
