"""The time of one call of a network, next to another's: call by call in turn, so that both meet the same machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Latency:
    """Seconds of one call: quartiles over all timed calls."""

    lower: float
    median: float
    upper: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        """The quartiles of durations, interpolated.

        >>> Latency.of([4.0, 1.0, 2.0, 3.0, 5.0])
        Latency(lower=2.0, median=3.0, upper=4.0)
        """
        quartiles = torch.tensor(seconds, dtype=torch.float64).quantile(torch.tensor([0.25, 0.5, 0.75]).double())
        return cls(*quartiles.tolist())


@torch.inference_mode()
def interleaved(models: Sequence[nn.Module], inputs: Tensor, calls: int = 300, warm_up: int = 50) -> list[Latency]:
    """The latency of each model on the same inputs, on the CPU: the models take turns, call by call.

    `warm_up` calls of each come first and are not timed. The threads are torch's; the caller sets and records them."""
    seconds: list[list[float]] = [[] for _ in models]
    for call in range(warm_up + calls):
        for model, durations in zip(models, seconds, strict=True):
            start = time.perf_counter()
            model(inputs)
            duration = time.perf_counter() - start
            if call >= warm_up:
                durations.append(duration)
    return [Latency.of(durations) for durations in seconds]
