"""Small multiples of curves: a row for each series, a column for each metric, a colour for each sparsity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.words import formats

ROW_HEIGHT = 200  # pixels
FEW_DECADES = 3
MOST_POINTS = 500  # of a curve that are drawn
TABLE_LOOKS = 6  # of each curve, evenly spaced; the figure has them all


@dataclass(frozen=True)
class CurvePanel:
    """One column: a metric and how it is shown."""

    metric: str
    title: str
    scale: float = 1.0  # shown = scale * recorded
    log: bool = False


@dataclass(frozen=True)
class Curves:
    """`frame`: series, sparsity, metric, step, value (the mean over seeds, as recorded), n. Sparsity 0 is the twin."""

    panels: tuple[CurvePanel, ...]  # those that have any curve
    series: tuple[str, ...]
    levels: tuple[float, ...]
    frame: pd.DataFrame
    ladders: bool  # whether any curve is of a rung


def mean_curves(results: Results, panels: Sequence[CurvePanel]) -> Curves | None:
    """The mean curve of every cell, and of its series' twins; None where there are none."""
    found = [cell for cell in cells(results) if cell.runs]
    shown = [cell for cell in found if not cell.series.dense] or found
    groups = [(cell.series.label, cell.level, cell.runs) for cell in shown if cell.level > 0]
    groups += [(label, 0.0, runs) for label, runs in _unpruned(results, shown).items()]
    curves = results.curves[results.curves["metric"].isin([panel.metric for panel in panels])]
    frame = _means(curves.dropna(subset="value"), groups, results.runs)
    kept = tuple(panel for panel in panels if (frame["metric"] == panel.metric).any())
    if not kept:
        return None
    labels = tuple(dict.fromkeys(cell.series.label for cell in shown))
    ladders = any(cell.round is not None for cell in shown)
    return Curves(kept, labels, tuple(sorted(frame["sparsity"].unique())), frame, ladders)


def _unpruned(results: Results, shown: list[Cell]) -> dict[str, tuple[str, ...]]:
    """The dense runs that each series is held against: its twins, and its runs at sparsity 0 that have none.

    The twins of a ladder's rungs make one curve, stretch by stretch. Those of a control are not dense."""
    found: dict[str, set[str]] = {}
    twin_of = dict(zip(results.runs["run"], results.runs["twin"], strict=True))
    for cell in shown:
        if not cell.series.control:
            twins = {run: twin_of[run] for run in cell.runs if twin_of.get(run) in twin_of}
            alone = {run for run in cell.runs if run not in twins and cell.level == 0}
            found.setdefault(cell.series.label, set()).update(twins.values(), alone)
    return {label: tuple(sorted(runs)) for label, runs in found.items() if runs}


def _means(
    curves: pd.DataFrame, groups: Sequence[tuple[str, float, Sequence[str]]], runs: pd.DataFrame
) -> pd.DataFrame:
    """Group by group the mean over its seeds; all at once, since a large sweep has hundreds of thousands of points."""
    members = pd.DataFrame([(index, run) for index, (*_, own) in enumerate(groups) for run in own],
                           columns=["group", "run"])  # fmt: skip
    points = members.merge(runs[["run", "seed"]], on="run").merge(curves, on="run")
    by_seed = points.groupby(["group", "metric", "step", "seed"], as_index=False)["value"].mean()
    means = by_seed.groupby(["group", "metric", "step"], as_index=False)["value"].agg(["mean", "count"])
    means = means.rename(columns={"mean": "value", "count": "n"})
    of = [groups[index] for index in means.pop("group")]
    return means.assign(series=[label for label, *_ in of], sparsity=[sparsity for _, sparsity, _ in of])


def draw(curves: Curves) -> go.Figure:
    """One figure; panels in one column share their axis, so that series can be held against each other."""
    rows, columns = len(curves.series), len(curves.panels)
    figure = make_subplots(
        rows=rows, cols=columns, shared_xaxes="all", shared_yaxes="columns", horizontal_spacing=0.055,
        vertical_spacing=0.28 / max(rows, 2), column_titles=[panel.title for panel in curves.panels],
    )  # fmt: skip
    colours = figures.by_sparsity([level for level in curves.levels if level > 0]) | {0.0: figures.NEUTRAL}
    named: set[float] = set()
    lines, places = [], []
    for (label, sparsity, metric), own in curves.frame.groupby(["series", "sparsity", "metric"], sort=False):
        own = _thinned(own)
        column = next(index for index, panel in enumerate(curves.panels) if panel.metric == metric)
        name = "dense" if sparsity == 0 else f"{formats.level(sparsity)} removed"
        lines.append(go.Scatter(
            x=own["step"].to_numpy(), y=own["value"].to_numpy() * curves.panels[column].scale, name=name,
            mode="lines" if len(own) > 1 else "markers",  # of a single look there is no line
            legendgroup=name, legendrank=round(1000 + 1000 * sparsity), showlegend=sparsity not in named,
            line={"color": colours[sparsity], "width": 1.6, "dash": "dash" if sparsity == 0 else "solid"},
            hovertemplate=f"{figures.text(label)}, {name}<br>step %{{x:,}}: %{{y:.4g}}<extra></extra>",
        ))  # fmt: skip
        places.append((curves.series.index(label) + 1, column + 1))
        named.add(sparsity)
    figure.add_traces(lines, *zip(*places, strict=True))
    height = 150 + ROW_HEIGHT * rows
    figures.styled(figure, height)
    figure.update_layout(margin={"t": 112})
    figures.name_rows(figure, list(curves.series))
    for column, panel in enumerate(curves.panels, 1):
        scale = _log_axis(curves.frame[curves.frame["metric"] == panel.metric]["value"]) if panel.log else {}
        figure.update_yaxes(**scale, showticklabels=True, col=column)
    return figure.update_xaxes(showticklabels=True).update_xaxes(title_text="step", row=rows)


def _thinned(own: pd.DataFrame) -> pd.DataFrame:
    """A long curve with at most MOST_POINTS: both ends, and the least and the greatest value of equal stretches."""
    if len(own) <= MOST_POINTS:
        return own
    stretches = np.arange(len(own)) * (MOST_POINTS // 2 - 1) // len(own)
    values = own["value"].reset_index(drop=True).groupby(stretches)
    return own.iloc[sorted({0, len(own) - 1, *values.idxmin(), *values.idxmax()})]


def _log_axis(values: pd.Series) -> dict[str, Any]:
    """Ticks at 1, 2 and 5 over a few decades, at 1 alone over many: Plotly's own say 5 where they mean 0.05."""
    shown = values[values > 0]
    if shown.empty:
        return {}
    low, high = floor(log10(shown.min())), ceil(log10(shown.max()))
    digits = (1, 2, 5) if high - low <= FEW_DECADES else (1,)
    ticks = [digit * 10.0**decade for decade in range(low, high + 1) for digit in digits]
    return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:.6g}" for tick in ticks]}


def table(curves: Curves, title: str) -> Table:
    """The same numbers at a few of the looks."""
    frame = curves.frame.pivot_table(index=["series", "sparsity", "step"], columns="metric", values="value", sort=False)
    rows = []
    for label in curves.series:
        for level in curves.levels:
            if (label, level) in frame.index.droplevel("step"):
                own = frame.loc[(label, level)].sort_index()
                rows += [
                    _row(label, level, step, values, curves) for step, values in own.iloc[spread(len(own))].iterrows()
                ]
    columns = ("Method", "Sparsity", "Step", *(panel.title for panel in curves.panels))
    return Table(f"{title}, at {TABLE_LOOKS} looks at most", columns, tuple(rows), frozenset({"Method"}), grouped=True)


def _row(label: str, level: float, step: int, values: pd.Series, curves: Curves) -> tuple[str, ...]:
    shown = [values.get(panel.metric, float("nan")) * panel.scale for panel in curves.panels]
    return (label, formats.level(level), f"{step:,}", *(formats.NONE if v != v else f"{v:.4g}" for v in shown))


def spread(looks: int) -> list[int]:
    """Positions of at most TABLE_LOOKS looks, the first and the last included."""
    shown = min(looks, TABLE_LOOKS)
    return [round(index * (looks - 1) / max(shown - 1, 1)) for index in range(shown)]


def seeds(curves: Curves) -> str:
    """How many seeds the means are over, as a caption has it."""
    return formats.seeds(curves.frame["n"])


def left_out(curves: Curves) -> str:
    """What the figure leaves out of long curves, as a caption has it; nothing where they are short."""
    longest = curves.frame.groupby(["series", "sparsity", "metric"]).size().max()
    if longest <= MOST_POINTS:
        return ""
    return (
        f" Of the {longest:,} looks of a curve at most {MOST_POINTS} are drawn: the least and the greatest value of "
        "each stretch."
    )
