"""Groups of tensors in one flat mapping, under "group/name"."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


def grouped(name: str, tensors: Mapping[str, Value]) -> dict[str, Value]:
    """The tensors with the group's name before theirs.

    >>> grouped("removed", {"hidden.0": 1})
    {'removed/hidden.0': 1}
    """
    return {f"{name}/{key}": tensor for key, tensor in tensors.items()}


def group(tensors: Mapping[str, Value], name: str) -> dict[str, Value]:
    """The tensors of one group, without the group's name.

    >>> group({"removed/hidden.0": 1, "mask/hidden.0": 2}, "removed")
    {'hidden.0': 1}
    """
    prefix = f"{name}/"
    return {path.removeprefix(prefix): tensor for path, tensor in tensors.items() if path.startswith(prefix)}
