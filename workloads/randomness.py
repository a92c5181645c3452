"""The source of all randomness: a function of seed, purpose and index only.

The table USES lists every use of randomness with its purpose and its indices. No two uses share a stream.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Purpose = Literal["init", "order", "mask", "dropout", "probe", "grow", "noise"]
Use = Literal[
    "weights", "batches", "dropout", "scores", "ties", "shuffle", "probe", "chance_masks", "sample", "inputs", "grow",
    "noise"
]  # fmt: skip


@dataclass(frozen=True)
class Streams:
    """The streams of one use: a range of indices of one purpose."""

    purpose: Purpose
    first: int = 0  # index of the first stream
    count: int | None = None  # of streams; None: unlimited, so this must be the last use of its purpose


USES: dict[Use, Streams] = {
    "weights": Streams("init"),  # one per draw: 0 for the initial weights, others for reinitialisations
    "batches": Streams("order"),  # one per epoch
    "dropout": Streams("dropout"),  # one per position
    "scores": Streams("mask", 0, 1),  # of the criteria `random`, of weights and of units
    "ties": Streams("mask", 1, 1),  # which of equal scores to keep
    "shuffle": Streams("mask", 2),  # one per draw of shuffled masks
    "probe": Streams("probe", 0, 1),  # the examples for gradients and scores
    "chance_masks": Streams("probe", 1, 1),  # random masks as a reference for ranks
    "sample": Streams("probe", 2, 1),  # text samples of a language model
    "inputs": Streams("probe", 3, 1),  # made-up inputs for a network whose data set is not there
    "grow": Streams("grow"),  # one per position: which weights a rule regrows
    "noise": Streams("noise"),  # one per position: what a rule adds to gradients or weights
}


def stream(seed: int, use: Use, number: int = 0) -> int:
    """The 64-bit seed of one stream: the first 8 bytes of SHA-256("seed/purpose/index").

    `number` counts the streams of the use from 0. Raises ValueError if the use has no such stream."""
    streams = USES[use]
    if number < 0 or streams.count is not None and number >= streams.count:
        raise ValueError(f"{use} has no stream {number}; it has {streams.count or 'those from 0 on'}")
    text = f"{seed}/{streams.purpose}/{streams.first + number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def generator(seed: int, use: Use, number: int = 0) -> torch.Generator:
    """A new generator on the CPU for one stream."""
    import torch

    return torch.Generator().manual_seed(stream(seed, use, number))
