"""Layers over training with repeated zeroing of weights: revival, dead units, ranks, gradients of zeros."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.inside.layers import natural
from dashboards.read.results import Results
from dashboards.read.series import Series

REVIVAL, DEAD, RANK = "layer_revival/", "dead_neurons/", "effective_rank/"
GRADIENT, SPARSITY, WEIGHTS = "zero_grad_norm/", "layer_sparsity/", "layer_weights/"
PER_ZERO = "zero_grad_rms/"  # the gradient per weight that is zero
RELATIVE = "relative_rank/"  # the rank over the dense twin's at the same step
GROUPS = (REVIVAL, DEAD, GRADIENT, SPARSITY, RANK)
OVERALL = "overall"  # in place of a layer's name


@dataclass(frozen=True)
class OverTime:
    """One cell: means over seeds by metric (without its layer), then by layer and step."""

    series: Series
    target: float  # the planned sparsity
    means: Mapping[str, Mapping[tuple[str, int], float]]
    n: int  # seeds

    def steps(self, group: str) -> list[int]:
        """The steps with recorded values of a metric."""
        return sorted({step for _, step in self.means.get(group, {})})


def layers_over_time(results: Results) -> tuple[OverTime, ...]:
    """The sparsest cell of each series with recorded layers."""
    wide = _beside_twins(_per_zero(_by_layer(results), results), results)
    followed = set(wide["run"][wide[REVIVAL].notna()])
    last = {cell.series: cell for cell in cells(results) if not followed.isdisjoint(cell.runs)}
    return tuple(_of_cell(cell, wide[wide["run"].isin(cell.runs)]) for cell in last.values())


def _by_layer(results: Results) -> pd.DataFrame:
    """A table with a row for each run, layer and step, and a column for each of GROUPS."""
    names = [metric.rpartition("/") for metric in results.curves["metric"]]
    groups, layers = [f"{group}/" for group, _, _ in names], [layer for _, _, layer in names]
    points = results.curves.assign(group=groups, layer=layers).dropna(subset="value")
    points = points[points["group"].isin(GROUPS) & (points["layer"] != OVERALL)]
    wide = points.pivot(index=["run", "layer", "step"], columns="group", values="value")
    return wide.reindex(columns=list(GROUPS)).reset_index()


def _per_zero(wide: pd.DataFrame, results: Results) -> pd.DataFrame:
    """The table with the gradient per zero weight, since layers differ in their numbers of zeros."""
    sizes = {
        (row["run"], name.removeprefix(WEIGHTS)): row[name]
        for row in results.runs.to_dict("records")
        for name in row if name.startswith(WEIGHTS)
    }  # fmt: skip
    weights = pd.Series(
        [sizes.get(key) for key in zip(wide["run"], wide["layer"], strict=True)], wide.index, dtype=float
    )
    zeros = (wide[SPARSITY] * weights).where(lambda count: count > 0)
    return wide.assign(**{PER_ZERO: wide[GRADIENT] / zeros**0.5})


def _beside_twins(wide: pd.DataFrame, results: Results) -> pd.DataFrame:
    """The table with the rank relative to the twin's layer at the same step, where the twin has a value."""
    twins = dict(zip(results.runs["run"], results.runs["twin"], strict=True))
    ranks = wide.set_index(["run", "layer", "step"])[RANK].to_dict()
    of_twin = [ranks.get((twins.get(run), layer, step)) for run, layer, step in
               zip(wide["run"], wide["layer"], wide["step"], strict=True)]  # fmt: skip
    return wide.assign(**{RELATIVE: wide[RANK] / pd.Series(of_twin, wide.index, dtype=float)})


def layers(series: tuple[OverTime, ...]) -> list[str]:
    """All layers in the natural order of names."""
    return sorted({layer for cell in series for means in cell.means.values() for layer, _ in means}, key=natural)


def _of_cell(cell: Cell, wide: pd.DataFrame) -> OverTime:
    by_group = {group: wide.dropna(subset=group).groupby(["layer", "step"])[group].mean().to_dict()
             for group in (REVIVAL, DEAD, RELATIVE, PER_ZERO)}  # fmt: skip
    return OverTime(cell.series, cell.level, {group: means for group, means in by_group.items() if means},
                    wide["run"].nunique())  # fmt: skip
