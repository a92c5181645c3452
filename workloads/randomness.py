"""Where all randomness comes from: a function of seed, purpose and index, and of nothing else."""

import hashlib
from typing import Literal

import torch

Purpose = Literal["init", "order", "mask", "dropout", "probe"]


def stream(seed: int, purpose: Purpose, index: int = 0) -> int:
    """The 64-bit seed of one stream: the first 8 bytes of SHA-256("seed/purpose/index")."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{purpose}/{index}".encode()).digest()[:8])


def generator(seed: int, purpose: Purpose, index: int = 0) -> torch.Generator:
    """A generator on the CPU at the beginning of one stream."""
    return torch.Generator().manual_seed(stream(seed, purpose, index))
