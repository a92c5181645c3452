"""The fate of weights that are set to zero repeatedly: whether they revive, and whether they stay chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import SHARE, Estimate, estimate

AFTER_1, AFTER_10, AFTER_100, SURVIVED, PERMANENT = schema.ZEROING_METRICS
LATER = {AFTER_100: 100, AFTER_10: 10, AFTER_1: 1}  # steps after an application, the latest first
HOLDING = "method.masks"  # persistent: zeroed weights are held at zero; ranked: no weight is zeroed
ENDING = "method.finalization"  # held: the zeros of the last application are held


def leaves_alone(series: Series) -> bool:
    """Whether the method chooses weights without setting them to zero."""
    return dict(series.settings).get(HOLDING) == "ranked"


@dataclass(frozen=True)
class Survival:
    """One cell: fractions of the weights that an application set to zero, by metric.

    `by_step` has the mean over seeds for the step of each application. `overall` is the mean over applications and
    seeds. It omits the last application if only that one is held.
    """

    series: Series
    target: float  # the planned final sparsity
    overall: Mapping[str, Estimate]
    by_step: Mapping[str, Mapping[int, float]]
    n: int  # seeds

    @property
    def persistent(self) -> bool:
        """Whether the masks hold their zeros, so that no weight can revive."""
        return dict(self.series.settings).get(HOLDING) == "persistent"

    @property
    def last_held(self) -> bool:
        """Whether only the zeros of the last application are held."""
        settings = dict(self.series.settings)
        return settings.get(HOLDING) == "zero_once" and settings.get(ENDING) == "held"

    @property
    def left_alone(self) -> bool:
        """Whether weights were chosen without being set to zero."""
        return leaves_alone(self.series)

    @property
    def followed(self) -> str | None:
        """The latest recorded metric of revival; None without any."""
        return next((metric for metric in LATER if metric in self.overall), None)

    @property
    def revived(self) -> float | None:
        """The nonzero fraction at that time."""
        return self.overall[self.followed].mean if self.followed else None


def survivals(results: Results) -> tuple[Survival, ...]:
    """All cells with recorded values of zeroed weights."""
    points = results.curves[results.curves["metric"].isin(schema.ZEROING_METRICS)].dropna(subset="value")
    if points.empty:
        return ()
    points = points.merge(results.runs[["run", "seed"]], on="run")
    by_cell = [(cell, points[points["run"].isin(cell.runs)]) for cell in cells(results)]
    return tuple(_of_cell(cell, members, results.confidence) for cell, members in by_cell if len(members))


def _of_cell(cell: Cell, points: pd.DataFrame, confidence: float) -> Survival:
    survival = Survival(cell.series, cell.level, {}, _by_step(points), points["seed"].nunique())
    free = points[points["step"] < points["step"].max()] if survival.last_held else points
    means = {metric: members.groupby("seed")["value"].mean() for metric, members in free.groupby("metric")}
    estimates = {metric: estimate(list(members), confidence, SHARE) for metric, members in means.items()}
    return replace(survival, overall={metric: mean for metric, mean in estimates.items() if mean})


def _by_step(points: pd.DataFrame) -> dict[str, dict[int, float]]:
    means = points.groupby(["metric", "step"])["value"].mean()
    return {
        metric: {int(step): value for (_, step), value in points.items()} for metric, points in means.groupby("metric")
    }
