"""Layers over training where weights are set to zero time and again: revival, dead units, ranks, gradients of zeros."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards.cell import Cell
from dashboards.cells import cells
from dashboards.layers import natural
from dashboards.results import Results
from dashboards.series import Series

REVIVAL, DEAD, GRADIENTS = "layer_revival/", "dead_neurons/", "zero_grad_norm/"
RANK, RANDOM = "effective_rank/", "effective_rank_random/"  # the second: the same weights at random places
RELATIVE = "relative_rank/"  # the one over the other
GROUPS = (REVIVAL, DEAD, GRADIENTS, RANK, RANDOM)
OVERALL = "overall"  # stands where a layer's name would


@dataclass(frozen=True)
class OverTime:
    """One cell: by metric without its layer, then by layer and step, the mean over seeds."""

    series: Series
    target: float  # the sparsity asked for
    means: Mapping[str, Mapping[tuple[str, int], float]]
    n: int  # seeds

    def steps(self, group: str) -> list[int]:
        """At which a metric was recorded."""
        return sorted({step for _, step in self.means.get(group, {})})


def layers_over_time(results: Results) -> tuple[OverTime, ...]:
    """Each series whose layers were followed, at its greatest sparsity."""
    known = [metric.rpartition("/") for metric in results.curves["metric"].unique()]
    place = {f"{group}/{layer}": (f"{group}/", layer) for group, _, layer in known
             if f"{group}/" in GROUPS and layer != OVERALL}  # fmt: skip
    points = results.curves[results.curves["metric"].isin(place)].dropna(subset="value")
    if points.empty:
        return ()
    points = points.assign(group=[place[metric][0] for metric in points["metric"]],
                           layer=[place[metric][1] for metric in points["metric"]])  # fmt: skip
    followed = set(points[points["group"] == REVIVAL]["run"])
    last = {cell.series: cell for cell in cells(results) if not followed.isdisjoint(cell.runs)}
    points = points.merge(results.runs[["run", "seed"]], on="run")
    return tuple(_of_cell(cell, points[points["run"].isin(cell.runs)]) for cell in last.values())


def layers(found: tuple[OverTime, ...]) -> list[str]:
    """All layers in the network's order of names."""
    return sorted({layer for one in found for means in one.means.values() for layer, _ in means}, key=natural)


def _of_cell(cell: Cell, points: pd.DataFrame) -> OverTime:
    means = {group: own.groupby(["layer", "step"])["value"].mean().to_dict() for group, own in points.groupby("group")}
    random = means.pop(RANDOM, {})
    ranks = means.pop(RANK, {})
    relative = {place: ranks[place] / rank for place, rank in random.items() if rank and place in ranks}
    if relative:
        means[RELATIVE] = relative
    return OverTime(cell.series, cell.level, means, points["seed"].nunique())
