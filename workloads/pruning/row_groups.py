"""Groups of consecutive weights in the rows of a layer, which keep equally many. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from workloads.models.layer import Layer
from workloads.script.patterns import NOfM


@dataclass(frozen=True)
class RowGroups:
    """The groups of one layer, in the order of `Layer.rows`: whole rows, or parts of them."""

    layer: Layer
    size: int  # weights in each group
    kept: int  # of them

    @property
    def total(self) -> int:
        """The number of weights that the layer keeps."""
        return self.layer.size // self.size * self.kept


def rows_at(layers: Sequence[Layer], sparsity: float) -> dict[str, RowGroups]:
    """One group for each row, which loses floor(sparsity x inputs) weights (Sun et al. 2024).

    >>> rows_at([Layer("a", (2, 5))], 0.5)["a"].kept
    3
    """
    share = Fraction(str(sparsity))
    sizes = {layer: layer.size // layer.shape[layer.output_axis] for layer in layers}
    return {layer.name: RowGroups(layer, size, size - floor(share * size)) for layer, size in sizes.items()}


def groups_of(layers: Sequence[Layer], pattern: NOfM) -> dict[str, RowGroups]:
    """The groups of a pattern. A layer that does not fit, and may stay dense, is one group that keeps all.

    Raises ValueError where a layer does not fit and may not stay dense, or where no layer fits.

    >>> groups_of([Layer("a", (2, 8))], NOfM(n=1, m=4))["a"].total
    4
    """
    whole = {layer.name: layer.shape[layer.input_axis] % pattern.m == 0 for layer in layers}
    if not any(whole.values()) or not all(whole.values()) and pattern.indivisible is None:
        outside = [f"{layer.name} has {layer.shape[layer.input_axis]}" for layer in layers if not whole[layer.name]]
        advice = " or indivisible: dense" if any(whole.values()) else ""
        raise ValueError(
            f"pattern {pattern.n}:{pattern.m} needs inputs in groups of {pattern.m}, but {', '.join(outside)}; "
            f"use another m{advice}"
        )
    return {
        layer.name: RowGroups(layer, pattern.m, pattern.n)
        if whole[layer.name]
        else RowGroups(layer, layer.size, layer.size)
        for layer in layers
    }
