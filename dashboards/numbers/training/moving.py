"""Masks that move: the weights replaced at each update, and the places that any mask has kept so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import pandas as pd

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import SHARE, Estimate, estimate

CHURN, EXPLORATION = "masks/churn", "masks/exploration"
OPTIMIZER, BETAS = "workload.training.optimizer.name", "workload.training.optimizer.betas"
ADAMS = ("adam", "adamw")
EMPTIED = ("ac_dc",)  # methods that empty the optimizer's state, its count of steps included, where weights come back


@dataclass(frozen=True)
class Movement:
    """The masks of one cell over training: means over seeds by the step of the update."""

    cell: Cell
    churn: Mapping[int, float]  # fraction of the weights kept before the update that it removed
    explored: Mapping[int, float]  # fraction of all prunable weights that any mask has kept so far
    visited: Estimate  # the same after the last update

    @property
    def series(self) -> Series:
        """The method on its network."""
        return self.cell.series

    @property
    def kept(self) -> float:
        """The fraction of the weights that the masks keep at the end."""
        return self.cell.density

    @property
    def times_kept(self) -> float:
        """The places ever kept, as a multiple of the places kept at the end."""
        return self.visited.mean / self.kept

    @property
    def starts_dense(self) -> bool:
        """Whether every place is kept before or at the first update: then exploration tells nothing."""
        return next(iter(self.explored.values())) == 1


def movements(results: Results) -> tuple[Movement, ...]:
    """All cells whose masks may take weights back, by series, from dense to sparse."""
    points = results.curves[results.curves["metric"].isin((CHURN, EXPLORATION))].dropna(subset="value")
    of_run = {run: own for run, own in points.groupby("run")}
    found = (_movement(cell, [of_run[run] for run in cell.runs if run in of_run], results.confidence)
             for cell in cells(results))  # fmt: skip
    return tuple(movement for movement in found if movement)


def _movement(cell: Cell, runs: list[pd.DataFrame], confidence: float) -> Movement | None:
    ends = [explored.iloc[-1] for run in runs if len(explored := _values(run, EXPLORATION))]
    visited = estimate(ends, confidence, SHARE)
    if visited is None:
        return None
    points = pd.concat(runs)
    churn, explored = (_values(points, metric).groupby(level="step").mean().to_dict()
                       for metric in (CHURN, EXPLORATION))  # fmt: skip
    return Movement(cell, churn, explored, visited)


def _values(points: pd.DataFrame, metric: str) -> pd.Series:
    return points[points["metric"] == metric].set_index("step")["value"].sort_index()


def first_move(series: Series) -> float | None:
    """The longest first move of a regrown weight in learning rates; None where it is that of any first step.

    Its moments are zero while the step count is that of all weights. So bias correction, which is over after many
    steps, does not lengthen its short averages: the move is (1 - beta1) g / sqrt((1 - beta2) g^2).
    """
    settings = dict(series.settings)
    if settings.get(OPTIMIZER) not in ADAMS or BETAS not in settings or settings.get(schema.METHOD) in EMPTIED:
        return None
    of_gradient, of_square = settings[BETAS]
    return (1 - of_gradient) / sqrt(1 - of_square)
