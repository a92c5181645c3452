"""Whether networks of different seeds keep the same weights, held against what chance would give."""

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
    """Two masks, of one layer or added up over layers: the Jaccard index, as Paganini & Forde (2020) compare masks.

    Chance keeps as many weights in every layer, at places drawn at random: what two such draws have in common is
    hypergeometric.

    >>> Overlap(kept=(5, 4), common=3, expected=2.0, variance=0.5).index
    0.5
    """

    kept: tuple[int, int]  # weights that each keeps
    common: int  # weights that both keep
    expected: float  # the mean of `common` by chance
    variance: float  # and its variance

    @property
    def index(self) -> float:
        """Of the weights that either keeps, the share that both keep."""
        return self.common / (sum(self.kept) - self.common)

    @property
    def chance(self) -> float:
        """The same where they have as many weights in common as chance gives in the mean."""
        return self.expected / (sum(self.kept) - self.expected)

    @property
    def p_value(self) -> float:
        """A bound on how likely chance gives so much in common, or more.

        Bernstein's inequality, which holds for a hypergeometric number and for sums of them, however small: each is a
        sum of independent numbers that are 0 or 1 (Vatutin & Mikhailov 1982)."""
        more = self.common - self.expected
        return exp(-(more**2) / (2 * (self.variance + more / 3))) if more > 0 else 1.0


@dataclass(frozen=True)
class Agreement:
    """One cell, in one layer or in all. The pairs of n seeds share seeds, so that they make no interval over seeds."""

    series: Series
    sparsity: float  # of the whole network, as asked for
    layer: str | None  # the module's dotted name; None: all layers
    pairs: tuple[Overlap, ...]
    beyond: int = 0  # pairs that have more in common than chance gives: by Holm over all pairs, layers and cells

    @property
    def index(self) -> float:
        """The mean over pairs."""
        return fmean(one.index for one in self.pairs)

    @property
    def extent(self) -> tuple[float, float]:
        """The least and the greatest index of any pair."""
        indices = [one.index for one in self.pairs]
        return min(indices), max(indices)

    @property
    def chance(self) -> float:
        """The mean over pairs."""
        return fmean(one.chance for one in self.pairs)

    @property
    def expected(self) -> float:
        """Weights that two masks have in common by chance, the mean over pairs."""
        return fmean(one.expected for one in self.pairs)

    @property
    def kept(self) -> float:
        """Weights that a mask keeps, the mean over pairs."""
        return fmean(sum(one.kept) / 2 for one in self.pairs)


def agreements(results: Results) -> tuple[Agreement, ...]:
    """All layers together and then each, of every cell that has masks of two seeds and did not draw them at random."""
    shown = [cell for cell in cells(results) if cell.sparsity > 0 and not (
        cell.series.dense or cell.series.control or random_masks(cell.series))]  # fmt: skip
    untested = [one for cell in shown for one in _of_cell(cell, results)]
    p_values = iter(holm([overlap.p_value for one in untested for overlap in one.pairs]))
    beyond = [sum(next(p_values) < 1 - results.confidence for _ in one.pairs) for one in untested]
    return tuple(replace(one, beyond=number) for one, number in zip(untested, beyond, strict=True))


def _of_cell(cell: Cell, results: Results) -> list[Agreement]:
    masks = [results.masks[run] for run in cell.runs if run in results.masks]
    pairs = list(combinations([one for one in masks if _shapes(one) == _shapes(masks[0])], 2))
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
    """Networks in which these differ cannot be held against each other weight by weight."""
    return {layer: mask.shape for layer, mask in masks.items()}


def _says_something(overlaps: Sequence[Overlap]) -> bool:
    """Whether chance has a say in it: not where all weights or none are kept."""
    return all(all(one.kept) for one in overlaps) and any(one.variance for one in overlaps)


def _overlap(first: Mask, second: Mask) -> Overlap:
    size, a, b = first.size, first.kept, second.kept
    variance = a * b * (size - a) * (size - b) / (size**2 * (size - 1)) if size > 1 else 0.0
    return Overlap((a, b), first.common(second), a * b / size, variance)


def _sum(overlaps: Sequence[Overlap]) -> Overlap:
    """Of layers that are drawn one by one: means and variances add up."""
    first, second = zip(*(one.kept for one in overlaps), strict=True)
    return Overlap(
        (sum(first), sum(second)),
        sum(one.common for one in overlaps),
        sum(one.expected for one in overlaps),
        sum(one.variance for one in overlaps),
    )
