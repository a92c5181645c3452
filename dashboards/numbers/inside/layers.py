"""The remaining weights of each layer at the last evaluation, by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean, rows_of
from dashboards.read.results import Results
from dashboards.read.series import Series


@dataclass(frozen=True)
class LayerLeft:
    """One layer of one cell, as means over seeds; None: not recorded."""

    series: Series
    sparsity: float  # of the whole network, as planned
    at: str  # the sparsity in words, with a note for twins
    n: int  # seeds
    layer: str  # the module's dotted name
    weights: float | None  # number in this module
    full: float | None  # number in the same module of the dense network; small networks have fewer
    density: float | None  # nonzero fraction of `weights`
    dead: float | None  # fraction of units with in- or out-degree 0
    dead_structural: float | None  # fraction of units on no path from input to output
    dead_functional: float | None  # fraction of units without effect on the data

    @property
    def share(self) -> float | None:
        """The remaining fraction of the full layer; for a small dense layer its relative size."""
        return self.kept / self.full if self.kept is not None and self.full else self.density

    @property
    def kept(self) -> float | None:
        """Number of nonzero weights."""
        return None if self.weights is None or self.density is None else round(self.weights * self.density, 6)


def layers_left(results: Results) -> tuple[LayerLeft, ...]:
    """All layers of all cells with finished runs, in the natural order of names.

    Shuffled masks at initialisation are left out: they keep as many weights in each layer as the main runs.
    """
    names = sorted(
        {column.partition("/")[2] for column in results.runs if column.startswith("layer_sparsity/")}, key=natural
    )
    return tuple(left for cell in cells(results) if cell.runs and not cell.copied
                 for left in _of_cell(results, cell, names))  # fmt: skip


def _of_cell(results: Results, cell: Cell, names: list[str]) -> list[LayerLeft]:
    rows = rows_of(cell, results)
    dense = _twins(cell, results)
    result = []
    for name in names:
        sparsity, weights = mean(rows, f"layer_sparsity/{name}"), mean(rows, f"layer_weights/{name}")
        groups = ("dead_neurons", "dead_structural", "dead_functional")
        dead = [mean(rows, f"{group}/{name}") for group in groups]
        density = None if sparsity is None else 1 - sparsity
        full = mean(dense, f"layer_weights/{name}") or weights
        result.append(LayerLeft(cell.series, cell.level, cell.at, len(rows), name, weights, full, density, *dead))
    return result


def _twins(cell: Cell, results: Results) -> pd.DataFrame:
    """The rows of the cell's twins: dense networks, or for a control the runs that it branches off."""
    runs = results.runs
    return runs[runs["run"].isin(set(runs["twin"][runs["run"].isin(cell.runs)].dropna()))]


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key that puts hidden.2 before hidden.10.

    >>> sorted(["hidden.10", "hidden.2"], key=natural)
    ['hidden.2', 'hidden.10']
    """
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
