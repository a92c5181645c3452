"""How sparse weights are, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from torch import Tensor

GROUP = 4  # neighbours of an N:4 pattern; hardware supports 2:4


@dataclass(frozen=True)
class LayerReport:
    """One weight tensor with two or more dimensions: (units out, units in, ...)."""

    name: str
    shape: tuple[int, ...]
    nonzero: int
    without_input: int  # units out: rows of zeros
    without_output: int  # units in: columns of zeros
    pattern: str | None  # N:4 if exactly N (1 to 3) of every 4 neighbours in a row are nonzero; matrices only

    @property
    def size(self) -> int:
        """Number of weights."""
        return prod(self.shape)

    @property
    def sparsity(self) -> float:
        """The fraction of weights that are exactly zero."""
        return 1 - self.nonzero / self.size


def layers(weights: Mapping[str, Tensor]) -> tuple[LayerReport, ...]:
    """A report on each tensor with at least two dimensions and one weight."""
    return tuple(_layer(name, weight) for name, weight in weights.items() if weight.ndim > 1 and weight.numel())


def overall(reports: Iterable[LayerReport]) -> float:
    """The fraction of all weights that are exactly zero; 0 if there are none."""
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


def _pattern(nonzero: Tensor) -> str | None:
    if nonzero.shape[1] % GROUP:
        return None
    least, most = (int(count) for count in nonzero.view(-1, GROUP).sum(1).aminmax())
    return f"{most}:{GROUP}" if 0 < least == most < GROUP else None
