"""Where all randomness comes from: a function of seed, purpose and index, and of nothing else.

The table names every use of chance with its purpose and its indices; no two uses share a stream.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Purpose = Literal["init", "order", "mask", "dropout", "probe", "grow", "noise"]
Use = Literal[
    "weights", "batches", "dropout", "scores", "ties", "shuffle", "probe", "chance_masks", "sample", "grow", "noise"
]  # fmt: skip


@dataclass(frozen=True)
class Streams:
    """The streams of one use of chance: those of a purpose whose indices begin at `first`."""

    purpose: Purpose
    first: int = 0
    count: int | None = None  # of indices; None: as many as are asked for, and no other use after it


USES: dict[Use, Streams] = {
    "weights": Streams("init"),  # numbered by draws: 0 is the seed's own first weights, others are drawn anew
    "batches": Streams("order"),  # by epochs
    "dropout": Streams("dropout"),  # by positions
    "scores": Streams("mask", 0, 1),  # of the criterion `random`
    "ties": Streams("mask", 1, 1),  # which of equal scores are kept
    "shuffle": Streams("mask", 2),  # by draws of masks to other places, from 0
    "probe": Streams("probe", 0, 1),  # the examples that gradients and scores are measured on
    "chance_masks": Streams("probe", 1, 1),  # that ranks are held against
    "sample": Streams("probe", 2, 1),  # what a language model writes
    "grow": Streams("grow"),  # by positions: which weights a rule lets come back
    "noise": Streams("noise"),  # by positions: what a rule adds to gradients or weights
}


def stream(seed: int, use: Use, number: int = 0) -> int:
    """The 64-bit seed of one stream: the first 8 bytes of SHA-256("seed/purpose/index").

    Raises ValueError where the use has no stream of this number."""
    streams = USES[use]
    if number < 0 or streams.count is not None and number >= streams.count:
        raise ValueError(f"{use} has no stream {number}; it has {streams.count or 'those from 0 on'}")
    text = f"{seed}/{streams.purpose}/{streams.first + number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def generator(seed: int, use: Use, number: int = 0) -> torch.Generator:
    """A generator on the CPU at the beginning of one stream."""
    import torch

    return torch.Generator().manual_seed(stream(seed, use, number))
