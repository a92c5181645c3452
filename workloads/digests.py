"""Tensors as a few hex digits: equal digests, equal bits."""

import hashlib
from collections.abc import Mapping

from torch import Tensor, uint8

DIGITS = 12  # enough to tell the networks of a store apart


def sha256(tensors: Mapping[str, Tensor], before: bytes = b"") -> str:
    """SHA-256 over `before`, and over names and bytes of tensors, whatever their order."""
    sha = hashlib.sha256(before)
    for name, tensor in sorted(tensors.items()):
        sha.update(name.encode())
        sha.update(tensor.detach().cpu().contiguous().reshape(-1).view(uint8).numpy().data)
    return sha.hexdigest()


def short(tensors: Mapping[str, Tensor]) -> str:
    """The first of its digits."""
    return sha256(tensors)[:DIGITS]
