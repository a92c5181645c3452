"""What becomes of weights that are set to zero time and again: whether they come back, and whether they stay chosen."""

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
HOLDING = "method.masks"  # persistent: weights that are set to zero are held there; ranked: none is set to zero
ENDING = "method.finalization"  # held: those of the last application are, whatever became of the others


def leaves_alone(series: Series) -> bool:
    """Whether its networks choose weights and set none to zero."""
    return dict(series.settings).get(HOLDING) == "ranked"


@dataclass(frozen=True)
class Survival:
    """Of one cell, fractions of the weights that an application set to zero, by metric.

    `by_step`: application by application, at its step, the mean over seeds. `overall`: the mean over applications,
    over seeds, but for the last one where it alone is held."""

    series: Series
    target: float  # the sparsity asked for at the end
    overall: Mapping[str, Estimate]
    by_step: Mapping[str, Mapping[int, float]]
    n: int  # seeds

    @property
    def persistent(self) -> bool:
        """Whether the masks hold what they set to zero, so that nothing may come back."""
        return dict(self.series.settings).get(HOLDING) == "persistent"

    @property
    def last_held(self) -> bool:
        """Whether weights come back but for those of the last application."""
        settings = dict(self.series.settings)
        return settings.get(HOLDING) == "zero_once" and settings.get(ENDING) == "held"

    @property
    def left_alone(self) -> bool:
        """Whether weights were chosen and not set to zero: what ranking alone does."""
        return leaves_alone(self.series)

    @property
    def followed(self) -> str | None:
        """The metric of revival as late as it was followed; None where it was not."""
        return next((metric for metric in LATER if metric in self.overall), None)

    @property
    def revived(self) -> float | None:
        """The fraction that is nonzero then."""
        return self.overall[self.followed].mean if self.followed else None


def survivals(results: Results) -> tuple[Survival, ...]:
    """One for every cell whose zeroed weights were followed."""
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
    return replace(survival, overall={metric: one for metric, one in estimates.items() if one})


def _by_step(points: pd.DataFrame) -> dict[str, dict[int, float]]:
    means = points.groupby(["metric", "step"])["value"].mean()
    return {
        metric: {int(step): value for (_, step), value in points.items()} for metric, points in means.groupby("metric")
    }
