"""Validation loss over training where weights are set to zero time and again: what each application costs at once."""

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
    """One cell: the mean over its seeds, look by look."""

    series: Series
    target: float  # the sparsity asked for at the end; 0 of a dense network
    steps: tuple[int, ...]
    values: tuple[float, ...]
    applications: frozenset[int]  # steps at which weights were set to zero, and a look came right after
    n: int  # seeds
    unit: str  # that the loss is measured in

    @property
    def rises(self) -> tuple[float, ...]:
        """How much the loss grows from the look before an application to the look right after it."""
        looks = pairwise(zip(self.steps, self.values, strict=True))
        return tuple(after - before for (_, before), (step, after) in looks if step in self.applications)


def losses(results: Results) -> tuple[Loss, ...]:
    """One for every cell, dense ones first; none where no weights are set to zero time and again."""
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
