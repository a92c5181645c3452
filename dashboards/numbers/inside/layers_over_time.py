"""Layers over training where weights are set to zero time and again: revival, dead units, ranks, gradients of zeros."""

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
    wide = _beside_twins(_per_zero(_by_layer(results), results), results)
    followed = set(wide["run"][wide[REVIVAL].notna()])
    last = {cell.series: cell for cell in cells(results) if not followed.isdisjoint(cell.runs)}
    return tuple(_of_cell(cell, wide[wide["run"].isin(cell.runs)]) for cell in last.values())


def _by_layer(results: Results) -> pd.DataFrame:
    """A row for each run, layer and step, a column for each of GROUPS."""
    names = [metric.rpartition("/") for metric in results.curves["metric"]]
    groups, layers = [f"{group}/" for group, _, _ in names], [layer for _, _, layer in names]
    points = results.curves.assign(group=groups, layer=layers).dropna(subset="value")
    points = points[points["group"].isin(GROUPS) & (points["layer"] != OVERALL)]
    wide = points.pivot(index=["run", "layer", "step"], columns="group", values="value")
    return wide.reindex(columns=list(GROUPS)).reset_index()


def _per_zero(wide: pd.DataFrame, results: Results) -> pd.DataFrame:
    """With the gradient per weight that is zero: layers differ in how many they have."""
    sizes = {
        (row["run"], name.removeprefix(WEIGHTS)): row[name]
        for row in results.runs.to_dict("records")
        for name in row if name.startswith(WEIGHTS)
    }  # fmt: skip
    weights = pd.Series(
        [sizes.get(one) for one in zip(wide["run"], wide["layer"], strict=True)], wide.index, dtype=float
    )
    zeros = (wide[SPARSITY] * weights).where(lambda count: count > 0)
    return wide.assign(**{PER_ZERO: wide[GRADIENT] / zeros**0.5})


def _beside_twins(wide: pd.DataFrame, results: Results) -> pd.DataFrame:
    """With the rank over that of the twin's layer at the same step, where the twin was measured there."""
    twins = dict(zip(results.runs["run"], results.runs["twin"], strict=True))
    ranks = wide.set_index(["run", "layer", "step"])[RANK].to_dict()
    of_twin = [ranks.get((twins.get(run), layer, step)) for run, layer, step in
               zip(wide["run"], wide["layer"], wide["step"], strict=True)]  # fmt: skip
    return wide.assign(**{RELATIVE: wide[RANK] / pd.Series(of_twin, wide.index, dtype=float)})


def layers(series: tuple[OverTime, ...]) -> list[str]:
    """All layers in the network's order of names."""
    return sorted({layer for one in series for means in one.means.values() for layer, _ in means}, key=natural)


def _of_cell(cell: Cell, wide: pd.DataFrame) -> OverTime:
    shown = {group: wide.dropna(subset=group).groupby(["layer", "step"])[group].mean().to_dict()
             for group in (REVIVAL, DEAD, RELATIVE, PER_ZERO)}  # fmt: skip
    return OverTime(cell.series, cell.level, {group: means for group, means in shown.items() if means},
                    wide["run"].nunique())  # fmt: skip
