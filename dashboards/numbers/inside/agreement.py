"""Agreement of masks between seeds, compared with chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp
from statistics import fmean

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.inside.layers import natural
from dashboards.numbers.inside.random_masks import random_masks
from dashboards.read.masks import Mask, Masks
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import holm


@dataclass(frozen=True)
class Overlap:
    """The overlap of two masks, in one layer or summed over layers: the Jaccard index, as in Paganini & Forde (2020).

    By chance, each layer keeps as many weights at random places. Then the number of common weights is hypergeometric.

    >>> Overlap(kept=(5, 4), common=3, expected=2.0, variance=0.5).index
    0.5
    """

    kept: tuple[int, int]  # weights kept by each mask
    common: int  # weights kept by both
    expected: float  # mean of `common` by chance
    variance: float  # variance of `common` by chance

    @property
    def index(self) -> float:
        """Weights kept by both, as a fraction of the weights kept by either."""
        return self.common / (sum(self.kept) - self.common)

    @property
    def chance(self) -> float:
        """The index at the mean number of common weights by chance."""
        return self.expected / (sum(self.kept) - self.expected)

    @property
    def excess(self) -> float:
        """The way from chance to equal masks: 0 at chance, 1 for equal masks, negative below chance."""
        return (self.index - self.chance) / (1 - self.chance)

    @property
    def p_value(self) -> float:
        """An upper bound on the probability of at least this overlap by chance.

        Bernstein's inequality holds for hypergeometric numbers and their sums, however small: each is a sum of
        independent numbers that are 0 or 1 (Vatutin & Mikhailov 1982).
        """
        more = self.common - self.expected
        return exp(-(more**2) / (2 * (self.variance + more / 3))) if more > 0 else 1.0


@dataclass(frozen=True)
class Agreement:
    """One cell, in one layer or in all layers. Pairs share seeds, so they give no interval over seeds."""

    series: Series
    sparsity: float  # of the whole network, as planned
    layer: str | None  # the module's dotted name; None: all layers
    pairs: tuple[Overlap, ...]
    beyond: int = 0  # pairs with significantly more overlap than chance, by Holm over all pairs, layers and cells

    @property
    def index(self) -> float:
        """The Jaccard index, mean over pairs."""
        return fmean(pair.index for pair in self.pairs)

    @property
    def extent(self) -> tuple[float, float]:
        """The least and the greatest index of the pairs."""
        indices = [pair.index for pair in self.pairs]
        return min(indices), max(indices)

    @property
    def chance(self) -> float:
        """The index by chance, mean over pairs."""
        return fmean(pair.chance for pair in self.pairs)

    @property
    def expected(self) -> float:
        """Common weights of two masks by chance, mean over pairs."""
        return fmean(pair.expected for pair in self.pairs)

    @property
    def kept(self) -> float:
        """Weights kept by a mask, mean over pairs."""
        return fmean(sum(pair.kept) / 2 for pair in self.pairs)


def agreements(results: Results) -> tuple[Agreement, ...]:
    """The agreement in all layers together and in each, for all cells with two seeds, without random masks."""
    chosen = [cell for cell in cells(results) if cell.sparsity > 0 and not (
        cell.series.dense or cell.series.control or random_masks(cell.series))]  # fmt: skip
    untested = [agreement for cell in chosen for agreement in _of_cell(cell, results)]
    p_values = iter(holm([overlap.p_value for agreement in untested for overlap in agreement.pairs]))
    beyond = [sum(next(p_values) < 1 - results.confidence for _ in agreement.pairs)
              for agreement in untested]  # fmt: skip
    return tuple(replace(agreement, beyond=number) for agreement, number in zip(untested, beyond, strict=True))


def whole_overlap(first: Masks, second: Masks) -> Overlap | None:
    """The overlap over all layers; None for networks of other shapes, and where chance leaves no choice."""
    if not first or _shapes(first) != _shapes(second):
        return None
    whole = _sum([_overlap(first[layer], second[layer]) for layer in first])
    return whole if _says_something([whole]) else None


def _of_cell(cell: Cell, results: Results) -> list[Agreement]:
    masks = [results.masks[run] for run in cell.runs if run in results.masks]
    pairs = list(combinations([network for network in masks if _shapes(network) == _shapes(masks[0])], 2))
    layers = sorted(masks[0], key=natural) if masks else ()
    each = {layer: [_overlap(first[layer], second[layer]) for first, second in pairs] for layer in layers}
    whole = [_sum(overlaps) for overlaps in zip(*each.values(), strict=True)]
    by_layer: list[tuple[str | None, list[Overlap]]] = [(None, whole), *each.items()]
    return [
        Agreement(cell.series, cell.sparsity, layer, tuple(overlaps))
        for layer, overlaps in by_layer
        if overlaps and _says_something(overlaps)
    ]


def _shapes(masks: Masks) -> dict[str, tuple[int, ...]]:
    """The shape of each layer's mask. Only networks with equal shapes are comparable weight by weight."""
    return {layer: mask.shape for layer, mask in masks.items()}


def _says_something(overlaps: Sequence[Overlap]) -> bool:
    """Whether overlaps can vary by chance: not if all weights or none are kept."""
    return all(all(pair.kept) for pair in overlaps) and any(pair.variance for pair in overlaps)


def _overlap(first: Mask, second: Mask) -> Overlap:
    size, a, b = first.size, first.kept, second.kept
    variance = a * b * (size - a) * (size - b) / (size**2 * (size - 1)) if size > 1 else 0.0
    return Overlap((a, b), first.common(second), a * b / size, variance)


def _sum(overlaps: Sequence[Overlap]) -> Overlap:
    """The sum over layers. Layers are independent by chance, so means and variances add."""
    first, second = zip(*(pair.kept for pair in overlaps), strict=True)
    return Overlap(
        (sum(first), sum(second)),
        sum(pair.common for pair in overlaps),
        sum(pair.expected for pair in overlaps),
        sum(pair.variance for pair in overlaps),
    )
