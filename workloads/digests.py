"""Digests of tensors: equal digests mean equal bits."""

import hashlib
from collections.abc import Mapping

from torch import Tensor, uint8

DIGITS = 12  # enough to distinguish the networks of a results folder


def sha256(tensors: Mapping[str, Tensor], prefix: bytes = b"") -> str:
    """SHA-256 of `prefix` and the names and bytes of the tensors, independent of their order; 64 hex digits."""
    sha = hashlib.sha256(prefix)
    for name, tensor in sorted(tensors.items()):
        sha.update(name.encode())
        sha.update(tensor.detach().cpu().contiguous().reshape(-1).view(uint8).numpy().data)
    return sha.hexdigest()


def short(tensors: Mapping[str, Tensor]) -> str:
    """The first 12 hex digits of `sha256`."""
    return sha256(tensors)[:DIGITS]
