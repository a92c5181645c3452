"""Validation loss over training with repeated zeroing of weights: the immediate loss of each application."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series

CURVE = "val/loss"


@dataclass(frozen=True)
class Loss:
    """One cell: the mean over its seeds at each evaluation."""

    series: Series
    target: float  # the planned final sparsity; 0 for dense networks
    steps: tuple[int, ...]
    values: tuple[float, ...]
    applications: frozenset[int]  # steps with zeroed weights and an evaluation right after
    n: int  # seeds
    unit: str  # of the loss

    @property
    def rises(self) -> tuple[float, ...]:
        """Rise of the loss from the evaluation before an application to the evaluation right after it."""
        steps = pairwise(zip(self.steps, self.values, strict=True))
        return tuple(after - before for (_, before), (step, after) in steps if step in self.applications)


def losses(results: Results) -> tuple[Loss, ...]:
    """The losses of all cells, dense ones first; empty without repeated zeroing."""
    zeroed = results.curves[results.curves["metric"].isin(schema.ZEROING_METRICS)]
    if zeroed.empty:
        return ()
    points = results.curves[results.curves["metric"] == CURVE].dropna(subset="value")
    points = points.merge(results.runs[["run", "seed"]], on="run")
    by_cell = [(cell, points[points["run"].isin(cell.runs)]) for cell in cells(results) if not cell.series.control]
    return tuple(_of_cell(cell, members, zeroed) for cell, members in by_cell if len(members))


def _of_cell(cell: Cell, points: pd.DataFrame, zeroed: pd.DataFrame) -> Loss:
    means = points.groupby("step")["value"].mean()
    steps = tuple(int(step) for step in means.index)
    applied = {int(step) for step in zeroed[zeroed["run"].isin(cell.runs)]["step"]}
    n = points["seed"].nunique()
    return Loss(cell.series, cell.level, steps, tuple(means), frozenset(applied), n, cell.outcome.loss)
