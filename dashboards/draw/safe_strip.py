"""Safe and critical sparsity as bars and marks, below a figure over the share of weights left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards import palette
from dashboards.draw import figures
from dashboards.numbers.answer.critical import Critical
from dashboards.numbers.answer.limits import Limits
from dashboards.words.formats import level

ROW_HEIGHT = 22  # pixels of one series


@dataclass(frozen=True)
class Span:
    """An interval along x, in percent of the weights left, as far as the axis goes."""

    densest: float
    sparsest: float


def add(figure: go.Figure, limits: Sequence[Limits], row: int, last: float) -> None:
    """A line for each series in a panel of its own; `last` is the right end of the axis in percent left."""
    for place, limit in enumerate(limits):
        _safe(figure, limit, place, row)
        _critical(figure, limit, place, row, last)
        figure.add_annotation(
            text=_words(limit), name="direct", x=1, xref="paper", xanchor="left", xshift=10, y=place, yanchor="middle",
            yref=f"y{row}", showarrow=False, font={"size": 12, "color": limit.series.colour},
        )  # fmt: skip
    figure.update_yaxes(range=[len(limits) - 0.4, -0.6], showticklabels=False, showgrid=False, row=row, col=1)


def _words(limit: Limits) -> str:
    if not limit.last.enough:
        return "no verdict"
    return f"safe to {level(limit.last.safe.level)}" if limit.last.safe else "safe nowhere"


def _safe(figure: go.Figure, limit: Limits, place: int, row: int) -> None:
    """A bar from the dense network to the last safe level, where there are seeds enough to say so."""
    if not limit.last.enough or limit.last.safe is None:
        return
    name = figures.text(limit.series.label)
    figure.add_trace(go.Scatter(
        x=[100, 100 * limit.last.safe.density], y=[place] * 2, mode="lines", showlegend=False,
        line={"width": 8, "color": figures.translucent(limit.series.colour, 0.85)},
        hovertemplate=f"{name}<br>safe up to {level(limit.last.safe.level)} sparsity<extra></extra>",
    ), row=row, col=1)  # fmt: skip


def _critical(figure: go.Figure, limit: Limits, place: int, row: int, last: float) -> None:
    """A mark at the critical sparsity with its interval; an arrow at the sparsest level where it lies beyond."""
    name, critical, colour = figures.text(limit.series.label), limit.critical, limit.series.colour
    density = 100 * (1 - (critical.typical.at if critical.typical else critical.sparsest))
    span = _span(critical, last)
    if span:
        figure.add_trace(go.Scatter(
            x=[span.densest, span.sparsest], y=[place] * 2, mode="lines", showlegend=False, hoverinfo="skip",
            line={"width": 1.5, "color": colour},
        ), row=row, col=1)  # fmt: skip
    figure.add_trace(go.Scatter(
        x=[density], y=[place], mode="markers", showlegend=False,
        marker={"symbol": limit.series.marker if critical.typical else "arrow-right", "size": 10, "color": colour,
                "line": {"width": 1, "color": palette.PAGE}},
        hovertemplate=f"{name}<br>loses the margin {where(critical)}<extra></extra>",
    ), row=row, col=1)  # fmt: skip


def _span(critical: Critical, last: float) -> Span | None:
    if critical.interval is None:
        return None
    low, high = critical.interval
    return Span(100 * (1 - low), max(100 * (1 - high), last))


def where(critical: Critical) -> str:
    """The critical sparsity in words."""
    return level(round(critical.typical.at, 3)) if critical.typical else f"beyond {level(critical.sparsest)}"
