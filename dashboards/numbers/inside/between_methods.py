"""Overlap of the masks of two methods at one sparsity, seed by seed, compared with chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.inside.agreement import Overlap, whole_overlap
from dashboards.numbers.inside.random_masks import random_masks
from dashboards.read.masks import Masks
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate, estimate


@dataclass(frozen=True)
class Alike:
    """Two methods on one network at one sparsity. Pairs of one seed share data and first weights, not more."""

    first: Series
    second: Series
    sparsity: float  # as planned
    overlaps: tuple[Overlap, ...]  # by seed
    excess: Estimate  # over seeds: 0 at chance, 1 for equal masks

    @property
    def index(self) -> float:
        """Weights kept by both, as a fraction of the weights kept by either; mean over seeds."""
        return fmean(overlap.index for overlap in self.overlaps)

    @property
    def chance(self) -> float:
        """The same by chance."""
        return fmean(overlap.chance for overlap in self.overlaps)


def alikes(results: Results) -> tuple[Alike, ...]:
    """Every pair of methods with masks, without random ones and controls, from dense to sparse."""
    chosen = [cell for cell in cells(results) if cell.level > 0 and not (
        cell.series.dense or cell.series.control or cell.round is not None or random_masks(cell.series))]  # fmt: skip
    masks = {id(cell): _by_seed(cell, results) for cell in chosen}
    groups: dict[tuple[frozenset, float], list[Cell]] = {}
    for cell in sorted(chosen, key=lambda cell: cell.level):
        groups.setdefault((cell.series.workload, cell.level), []).append(cell)
    pairs = [pair for members in groups.values() for pair in combinations(members, 2)]
    found = (_alike(one, other, masks[id(one)], masks[id(other)], results.confidence) for one, other in pairs)
    return tuple(alike for alike in found if alike)


def _by_seed(cell: Cell, results: Results) -> dict[int, Masks]:
    seed_of = dict(zip(results.runs["run"], results.runs["seed"], strict=True))
    return {seed_of[run]: results.masks[run] for run in cell.runs if run in results.masks}


def _alike(
    one: Cell, other: Cell, masks: dict[int, Masks], others: dict[int, Masks], confidence: float
) -> Alike | None:
    overlaps = [overlap for seed in masks if seed in others
                if (overlap := whole_overlap(masks[seed], others[seed]))]  # fmt: skip
    excess = estimate([overlap.excess for overlap in overlaps], confidence, (-1.0, 1.0))
    return Alike(one.series, other.series, one.level, tuple(overlaps), excess) if excess else None
