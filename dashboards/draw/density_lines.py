"""Series over the share of weights left: levels of dense networks, means with their intervals, single seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

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
    """A dense network, from end to end of the first panel; `scale` times the estimate is what is drawn."""
    name = figures.text(series.label)
    if estimate.interval:
        figure.add_trace(figures.band([(x, estimate.interval) for x in ends], scale, series.colour, name), row=1, col=1)
    figure.add_trace(go.Scatter(
        x=[*ends], y=[scale * estimate.mean] * 2, mode="lines", name=name, legendgroup=name,
        line={"color": series.colour, "dash": series.dash, "width": 1.5},
        hovertemplate=f"{name}: {words} (n = {estimate.n})<extra></extra>",
    ), row=1, col=1)  # fmt: skip


def level_in_words(estimates: Sequence[Estimate]) -> str:
    """What a caption says of the dense networks' levels; nothing where there are none."""
    drawn = "band" if any(one.interval for one in estimates) else "line"
    return f", the grey {drawn} is the dense network" if estimates else ""


def line(figure: go.Figure, series: Series, points: Sequence[Point], scale: float, row: int) -> None:
    """Means and intervals; in the first panel single seeds are named as such, and the series stands in the legend."""
    name = figures.text(series.label)
    wide = [(one.left, one.estimate.interval) for one in points if one.estimate.interval]
    if wide:
        figure.add_trace(figures.band(wide, scale, series.colour, name), row=row, col=1)
    alone = row == 1 and any(one.estimate.n == 1 for one in points)
    figure.add_trace(go.Scatter(
        x=[one.left for one in points], y=[scale * one.estimate.mean for one in points],
        mode="lines+markers+text" if alone else "lines+markers",
        text=["n = 1" if one.estimate.n == 1 else "" for one in points] if alone else None, textposition="top center",
        name=name, legendgroup=name, showlegend=row == 1,
        line={"color": series.colour, "dash": series.dash, "width": 2}, marker={"symbol": series.marker, "size": 7},
        hovertext=[f"{one.words} (n = {one.estimate.n})" for one in points],
        hovertemplate="%{hovertext}<extra></extra>",
    ), row=row, col=1)  # fmt: skip


def seeds(figure: go.Figure, series: Series, values: Sequence[tuple[float, Mapping[int, float]]], scale: float) -> None:
    """Faint points of the first panel: what every seed came to, by percent of the weights left."""
    name = figures.text(series.label)
    points = [(left, scale * value) for left, by_seed in values for value in by_seed.values()]
    figure.add_trace(go.Scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="markers", hoverinfo="skip", name=name,
        legendgroup=name, showlegend=False,
        marker={"color": figures.translucent(series.colour, 0.35), "symbol": series.marker, "size": 4},
    ), row=1, col=1)  # fmt: skip


def margin(figure: go.Figure, ends: tuple[float, float], height: float) -> None:
    """A dotted line in the second panel."""
    figure.add_trace(
        go.Scatter(x=[*ends], y=[height, height], mode="lines", name="margin", hoverinfo="skip",
                   line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"}), row=2, col=1)  # fmt: skip
