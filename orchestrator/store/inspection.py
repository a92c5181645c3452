"""What is in a file of weights: how sparse it is, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from torch import Tensor

GROUP = 4  # weights, of which patterns are told: hardware knows 2:4


@dataclass(frozen=True)
class LayerReport:
    """One weight, of two or more dimensions: (units out, units in, ...)."""

    name: str
    shape: tuple[int, ...]
    nonzero: int
    without_input: int  # units out: rows of zeros
    without_output: int  # units in: columns of zeros, whose units nothing here listens to
    pattern: str | None  # N:4 where of all four neighbours in a row exactly N, 1 to 3, are nonzero; matrices only

    @property
    def size(self) -> int:
        """Number of weights."""
        return prod(self.shape)

    @property
    def sparsity(self) -> float:
        """The fraction of weights that are exactly zero."""
        return 1 - self.nonzero / self.size


def layers(weights: Mapping[str, Tensor]) -> tuple[LayerReport, ...]:
    """A report on each of `weights` that has at least two dimensions and something in it."""
    return tuple(_layer(name, weight) for name, weight in weights.items() if weight.ndim > 1 and weight.numel())


def overall(reports: Iterable[LayerReport]) -> float:
    """The fraction of all their weights that are exactly zero; 0 where there are none."""
    reports = tuple(reports)
    size = sum(report.size for report in reports)
    return 1 - sum(report.nonzero for report in reports) / size if size else 0.0


def _layer(name: str, weight: Tensor) -> LayerReport:
    cells = (weight != 0).flatten(2) if weight.ndim > 2 else (weight != 0).unsqueeze(2)
    linked = cells.any(2)  # (units out, units in)
    return LayerReport(
        name, tuple(weight.shape), int(cells.sum()),
        without_input=int((~linked.any(1)).sum()), without_output=int((~linked.any(0)).sum()),
        pattern=_pattern(linked) if weight.ndim == 2 else None,
    )  # fmt: skip


def _pattern(kept: Tensor) -> str | None:
    if kept.shape[1] % GROUP:
        return None
    least, most = (int(count) for count in kept.view(-1, GROUP).sum(1).aminmax())
    return f"{most}:{GROUP}" if 0 < least == most < GROUP else None
