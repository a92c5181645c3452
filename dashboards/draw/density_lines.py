"""Series over the share of weights left: levels of dense networks, means with their intervals, single seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards import palette
from dashboards.draw import figures
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate


@dataclass(frozen=True)
class Point:
    """One cell of a line."""

    left: float  # percent of the weights
    estimate: Estimate
    words: str  # HTML, for who points at it


def level(
    figure: go.Figure, series: Series, estimate: Estimate, ends: tuple[float, float], scale: float, words: str
) -> None:
    """A dense network, from end to end of the first panel; drawn at `scale` times the estimate."""
    name = figures.text(series.label)
    if estimate.interval:
        figure.add_trace(figures.band([(x, estimate.interval) for x in ends], scale, series.colour, name), row=1, col=1)
    figure.add_trace(go.Scatter(
        x=[*ends], y=[scale * estimate.mean] * 2, mode="lines", name=name, legendgroup=name,
        line={"color": series.colour, "dash": series.dash, "width": 1.5},
        hovertemplate=f"{name}: {words} (n = {estimate.n})<extra></extra>",
    ), row=1, col=1)  # fmt: skip


def line(figure: go.Figure, series: Series, points: Sequence[Point], scale: float, row: int = 1) -> None:
    """Means and intervals; the legend names the series once."""
    name = figures.text(series.label)
    wide = [(point.left, point.estimate.interval) for point in points if point.estimate.interval]
    if wide:
        figure.add_trace(figures.band(wide, scale, series.colour, name, opacity=0.14), row=row, col=1)
    figure.add_trace(go.Scatter(
        x=[point.left for point in points], y=[scale * point.estimate.mean for point in points],
        mode="lines+markers", name=name, legendgroup=name, showlegend=row == 1,
        line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"symbol": series.marker, "size": 9, "color": series.colour,
                "line": {"width": 1, "color": palette.PAGE}},
        hovertext=[f"{point.words} (n = {point.estimate.n})" for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
    ), row=row, col=1)  # fmt: skip


def pale(figure: go.Figure, points: Sequence[tuple[float, float]]) -> None:
    """A series that is there for comparison: a thin grey line without a name."""
    figure.add_trace(go.Scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": figures.translucent(palette.FAINT, 0.55), "width": 1},
    ))  # fmt: skip


def seeds(figure: go.Figure, series: Series, values: Sequence[tuple[float, Mapping[int, float]]], scale: float) -> None:
    """A faint point for the value of every seed, by percent of the weights left."""
    points = [(left, scale * value) for left, by_seed in values for value in by_seed.values()]
    figure.add_trace(go.Scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="markers", hoverinfo="skip", showlegend=False,
        marker={"color": figures.translucent(series.colour, 0.55), "symbol": "circle", "size": 4},
    ))  # fmt: skip


def margin(figure: go.Figure, ends: tuple[float, float], height: float) -> None:
    """A dotted line in the first panel, `height` in the figure's unit."""
    figure.add_trace(
        go.Scatter(x=[*ends], y=[height, height], mode="lines", hoverinfo="skip", showlegend=False,
                   line={"color": palette.SOFT, "width": 1, "dash": "dot"}), row=1, col=1)  # fmt: skip
