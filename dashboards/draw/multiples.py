"""Small multiples of curves: a row for each series, a column for each metric, a colour for each level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures, legends
from dashboards.draw.section import Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.words import brief, formats
from dashboards.words.formats import listed

PANEL, GAP = 150, 52  # pixels: the height of a panel, and between the panels of two rows
FEW_DECADES = 2  # of a log axis, up to which 2 and 5 have ticks too
MOST_TICKS = 8  # of a log axis over many decades
LEAST_DECADES = 1  # that a log axis shows of values that are nearly equal
MOST_POINTS = 500  # of a curve that are drawn
TABLE_LOOKS = 6  # of each curve, evenly spaced; the figure has them all


@dataclass(frozen=True)
class CurvePanel:
    """One column: a metric and how it is shown."""

    metric: str
    title: str
    scale: float = 1.0  # shown = scale * recorded
    log: bool = False
    short: str = ""  # above its column, where the figure's title says the rest


@dataclass(frozen=True)
class Curves:
    """`frame`: series, sparsity, metric, step, value (the mean over seeds, as recorded), n. Sparsity 0 is the twin."""

    panels: tuple[CurvePanel, ...]  # those that have any curve
    series: tuple[str, ...]
    levels: tuple[float, ...]
    frame: pd.DataFrame
    ladders: bool  # whether any curve is of a rung

    def last(self, metric: str) -> dict[tuple[str, float], float]:
        """What each curve of a metric ends with, as shown, by series and sparsity."""
        scale = next((panel.scale for panel in self.panels if panel.metric == metric), 1.0)
        ends = self.frame[self.frame["metric"] == metric].sort_values("step").groupby(["series", "sparsity"])["value"]
        return {(str(label), float(level)): scale * value for (label, level), value in ends.last().items()}

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The series of each row: those that have the same curves share one."""
        columns = ["sparsity", "metric", "step", "value"]
        alike: dict[tuple[int, ...], list[str]] = {}
        for label in self.series:
            members = self.frame.loc[self.frame["series"] == label, columns]
            alike.setdefault(tuple(pd.util.hash_pandas_object(members, index=False)), []).append(label)
        return tuple(map(tuple, alike.values()))


def mean_curves(results: Results, panels: Sequence[CurvePanel]) -> Curves | None:
    """The mean curve of every cell, and of its series' twins; None where there are none."""
    there = [cell for cell in cells(results) if cell.runs]
    shown = [cell for cell in there if not cell.series.dense] or there
    groups = [(cell.series.label, cell.level, cell.runs) for cell in shown if cell.level > 0]
    groups += [(label, 0.0, runs) for label, runs in _unpruned(results, shown).items()]
    curves = results.curves[results.curves["metric"].isin([panel.metric for panel in panels])]
    frame = _means(curves.dropna(subset="value"), groups, results.runs)
    recorded = tuple(panel for panel in panels if (frame["metric"] == panel.metric).any())
    if not recorded:
        return None
    labels = tuple(dict.fromkeys(cell.series.label for cell in shown))
    ladders = any(cell.round is not None for cell in shown)
    return Curves(recorded, labels, tuple(sorted(frame["sparsity"].unique())), frame, ladders)


def _unpruned(results: Results, shown: list[Cell]) -> dict[str, tuple[str, ...]]:
    """The dense runs that each series is compared with: its twins, and its runs at sparsity 0 that have none.

    The twins of a ladder's rungs make one curve, stretch by stretch. Those of a control are not dense."""
    dense: dict[str, set[str]] = {}
    twin_of = dict(zip(results.runs["run"], results.runs["twin"], strict=True))
    for cell in shown:
        if not cell.series.control:
            twins = {run: twin_of[run] for run in cell.runs if twin_of.get(run) in twin_of}
            alone = {run for run in cell.runs if run not in twins and cell.level == 0}
            dense.setdefault(cell.series.label, set()).update(twins.values(), alone)
    return {label: tuple(sorted(runs)) for label, runs in dense.items() if runs}


def _means(
    curves: pd.DataFrame, groups: Sequence[tuple[str, float, Sequence[str]]], runs: pd.DataFrame
) -> pd.DataFrame:
    """Group by group the mean over its seeds; all at once, since a large sweep has hundreds of thousands of points."""
    members = pd.DataFrame([(index, run) for index, (*_, names) in enumerate(groups) for run in names],
                           columns=["group", "run"])  # fmt: skip
    points = members.merge(runs[["run", "seed"]], on="run").merge(curves, on="run")
    by_seed = points.groupby(["group", "metric", "step", "seed"], as_index=False)["value"].mean()
    means = by_seed.groupby(["group", "metric", "step"], as_index=False)["value"].agg(["mean", "count"])
    means = means.rename(columns={"mean": "value", "count": "n"})
    of = [groups[index] for index in means.pop("group")]
    return means.assign(series=[label for label, *_ in of], sparsity=[sparsity for _, sparsity, _ in of])


def draw(curves: Curves, panels: Sequence[CurvePanel]) -> go.Figure:
    """One figure. All panels share their axes, so that series and splits can be compared."""
    rows = curves.rows
    height = PANEL * len(rows) + GAP * (len(rows) - 1) + 160
    figure = make_subplots(
        rows=len(rows), cols=len(panels), shared_xaxes="all", shared_yaxes="all", horizontal_spacing=0.07,
        vertical_spacing=GAP / height, column_titles=[panel.short or panel.title for panel in panels],
    )  # fmt: skip
    colours = figures.by_sparsity([level for level in curves.levels if level > 0]) | {0.0: figures.NEUTRAL}
    places = {panel.metric: column for column, panel in enumerate(panels, 1)}
    first = {members[0]: row for row, members in enumerate(rows, 1)}
    shown = curves.frame[curves.frame["metric"].isin(places) & curves.frame["series"].isin(first)]
    named: set[float] = set()
    lines, at = [], []
    for (label, sparsity, metric), points in shown.groupby(["series", "sparsity", "metric"], sort=False):
        panel = panels[places[metric] - 1]
        lines.append(_line(label, sparsity, _thinned(points), panel, colours[sparsity], sparsity not in named))
        at.append((first[label], places[metric]))
        named.add(sparsity)
    figure.add_traces(lines, *zip(*at, strict=True))
    figures.styled(figure, height)
    legends.above(figure, [_name(level) for level in sorted(named)], titles=60)
    figures.name_rows(figure, [_shared_name(members) for members in rows])
    figure.update_xaxes(showticklabels=True, nticks=4, tickangle=0, tickformat=",").update_xaxes(
        title_text="step", row=len(rows)
    )
    shared = ticks(shown["value"]) if any(panel.log for panel in panels) else {"nticks": 5, "tickformat": ",.6~g"}
    return figure.update_yaxes(**shared)


def _shared_name(members: Sequence[str]) -> str:
    """The name of a row; of series with the same curves all names, where there is room."""
    names = listed(list(members))
    if len(members) == 1 or len(names) <= figures.LONGEST:
        return names
    return f"{brief.name(members[0], 32)} and {len(members) - 1} more"


def _line(
    label: str, sparsity: float, points: pd.DataFrame, panel: CurvePanel, colour: str, legend: bool
) -> go.Scatter:
    name = _name(sparsity)
    return go.Scatter(
        x=points["step"].to_numpy(), y=points["value"].to_numpy() * panel.scale, name=name,
        mode="lines" if len(points) > 1 else "markers",  # of a single look there is no line
        legendgroup=name, legendrank=round(1000 + 1000 * sparsity), showlegend=legend,
        line={"color": colour, "width": 1.8, "dash": "dash" if sparsity == 0 else "solid"},
        hovertemplate=f"{figures.text(label)}, {name}<br>step %{{x:,}}: %{{y:.4g}}<extra></extra>",
    )  # fmt: skip


def _name(sparsity: float) -> str:
    return "dense" if sparsity == 0 else f"{brief.left(sparsity)} left"


def _thinned(points: pd.DataFrame) -> pd.DataFrame:
    """A long curve with at most MOST_POINTS: both ends, and the least and the greatest value of equal stretches."""
    if len(points) <= MOST_POINTS:
        return points
    stretches = np.arange(len(points)) * (MOST_POINTS // 2 - 1) // len(points)
    values = points["value"].reset_index(drop=True).groupby(stretches)
    return points.iloc[sorted({0, len(points) - 1, *values.idxmin(), *values.idxmax()})]


def ticks(values: pd.Series) -> dict[str, Any]:
    """A log axis with full numbers: at 1, 2 and 5 over a few decades, at powers of ten over many."""
    shown = values[values > 0]
    if shown.empty:
        return {}
    low, high = floor(log10(shown.min())), ceil(log10(shown.max()))
    digits = (1, 2, 5) if high - low <= FEW_DECADES else (1,)
    every = ceil((high - low) / MOST_TICKS) or 1
    places = [digit * 10.0**decade for decade in range(low, high + 1, every) for digit in digits]
    least, most = log10(shown.min()), log10(shown.max())
    middle, half = (least + most) / 2, max((most - least) / 2 * 1.08, LEAST_DECADES / 2)
    return {"type": "log", "tickvals": places, "ticktext": [_full(tick) for tick in places],
            "range": [middle - half, middle + half]}  # fmt: skip


def _full(tick: float) -> str:
    """A tick without a power of ten.

    >>> _full(0.00005), _full(2000.0)
    ('0.00005', '2,000')
    """
    return f"{tick:,.0f}" if tick >= 1 else f"{tick:.12f}".rstrip("0")


def table(curves: Curves, title: str) -> Table:
    """The same numbers at a few of the looks."""
    frame = curves.frame.pivot_table(index=["series", "sparsity", "step"], columns="metric", values="value", sort=False)
    rows = []
    for label in curves.series:
        for level in curves.levels:
            if (label, level) in frame.index.droplevel("step"):
                looks = frame.loc[(label, level)].sort_index()
                rows += [_row(label, level, step, values, curves)
                         for step, values in looks.iloc[spread(len(looks))].iterrows()]  # fmt: skip
    columns = ("Method", "Sparsity", "Step", *(formats.capital(panel.title) for panel in curves.panels))
    return Table(f"{title}, at up to {TABLE_LOOKS} steps", columns, tuple(rows), frozenset({"Method"}), grouped=True)


def _row(label: str, level: float, step: int, values: pd.Series, curves: Curves) -> tuple[str, ...]:
    shown = [values.get(panel.metric, float("nan")) * panel.scale for panel in curves.panels]
    return (label, formats.level(level), f"{step:,}", *(formats.NONE if v != v else f"{v:.4g}" for v in shown))


def spread(looks: int, most: int = TABLE_LOOKS) -> list[int]:
    """Positions of at most `most` looks, evenly spaced, the first and the last included."""
    shown = min(looks, most)
    return [round(index * (looks - 1) / max(shown - 1, 1)) for index in range(shown)]


def seeds(curves: Curves) -> str:
    """How many seeds the means are over, as a caption has it."""
    return formats.seeds(curves.frame["n"])


def left_out(curves: Curves) -> str:
    """What the figure leaves out of long curves, as a caption has it; nothing where they are short."""
    longest = curves.frame.groupby(["series", "sparsity", "metric"]).size().max()
    if longest <= MOST_POINTS:
        return ""
    return f" At most {MOST_POINTS} of the {longest:,} points of a curve are drawn, its extremes among them."
