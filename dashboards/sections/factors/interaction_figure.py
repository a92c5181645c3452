"""Differences of differences over sparsity: a panel for each pair of networks, a line for each method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import palette
from dashboards.draw import direct_labels, figures
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.names import shortened
from dashboards.numbers.factors.interaction import Interaction
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate
from dashboards.words.formats import level
from dashboards.words.units import Unit

PANEL, GAP = 240, 64  # pixels: height of the panel of a pair, and space between panels
HEAD, FOOT = 44, 52  # pixels above and below all panels
LEAST = 1.0  # margins: the least half-height of the figure for intervals
APART = 0.03  # fraction of a density: shift between lines, so that their intervals don't overlap
LEGEND_LINE, LEGEND_LETTERS = 20, 42  # pixels of a line, and letters of a name

Line = list[tuple[Interaction, Estimate]]  # interactions of one method with their estimates
Pairs = Mapping[tuple[str, str], Mapping[str, Line]]  # the lines of each pair of kinds, by method


def draw(pairs: Pairs, words: Unit) -> go.Figure:
    """One panel per pair, on the same axes."""
    room = PANEL * len(pairs) + GAP * (len(pairs) - 1)
    titles = [f"{figures.text(ours)} minus {figures.text(theirs)}" for ours, theirs in pairs]
    figure = make_subplots(rows=len(pairs), cols=1, shared_xaxes="all", shared_yaxes="all", vertical_spacing=GAP / room,
                           subplot_titles=titles)  # fmt: skip
    methods = list(dict.fromkeys(method for lines in pairs.values() for method in lines))
    for row, lines in enumerate(pairs.values(), 1):
        for method, line in lines.items():
            shift = 1 + APART * (methods.index(method) - (len(methods) - 1) / 2)
            figure.add_trace(_line(line, words, shift), row=row, col=1)
    figures.styled(figure, room + HEAD + FOOT)
    figures.over_density(figure, max(effect.sparsity for effect, _ in _points(pairs)))
    figure.update_annotations(x=0, xanchor="left", yshift=4, font=figures.STRONG)
    figure.update_xaxes(showticklabels=True).update_xaxes(title_text="weights left, log scale", row=len(pairs))
    low, high = _frame(pairs, words)
    figure.update_yaxes(title_text=f"difference [{words.name}]", range=[low, high], zeroline=True, nticks=6,
                        zerolinecolor=figures.NEUTRAL)  # fmt: skip
    figure.update_layout(margin={"t": HEAD, "b": FOOT})
    for row, lines in enumerate(pairs.values(), 1):
        ends = [_end(method, line, words, (low, high)) for method, line in lines.items()]
        if ends:
            direct_labels.add(figure, ends, PANEL, row)
    return figure.update_layout(meta=_narrow(sum(map(len, pairs.values()))))


def _points(pairs: Pairs) -> Line:
    return [point for lines in pairs.values() for line in lines.values() for point in line]


def _frame(pairs: Pairs, words: Unit) -> list[float]:
    differences = [difference for _, difference in _points(pairs)]
    values = [0.0, *(words.scale * difference.mean for difference in differences)]
    halves = [0.0, *(figures.half(difference, words.scale) for difference in differences)]
    return figures.framed(values, halves, LEAST * words.scale * words.margin)


def _end(method: str, line: Line, words: Unit, ends: tuple[float, float]) -> LineEnd:
    low, high = ends
    effect, difference = line[-1]
    return LineEnd(method, _series(effect).colour, PANEL * (words.scale * difference.mean - low) / (high - low))


def _narrow(lines: int) -> dict[str, Any]:
    """The layout for phones: a legend of all lines below the panels."""
    return {"narrow": {
        "showlegend": True, "hide": "direct", "margin.r": 12, "margin.b": FOOT + LEGEND_LINE * lines,
        "legend.orientation": "v", "legend.y": 0, "legend.yref": "container", "legend.yanchor": "bottom",
        "legend.maxheight": 1,
    }}  # fmt: skip


def _series(effect: Interaction) -> Series:
    """The series of the first kind, not of the reference."""
    return effect.ours.cells[0].series


def _line(line: Line, words: Unit, shift: float) -> go.Scatter:
    series = _series(line[0][0])
    return go.Scatter(
        x=[100 * (1 - effect.sparsity) * shift for effect, _ in line],
        y=[words.scale * difference.mean for _, difference in line],
        mode="lines+markers", name=shortened(series.label, LEGEND_LETTERS),
        line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"symbol": series.marker, "size": 9, "line": {"width": 1, "color": palette.PAGE}},
        error_y=figures.errors([difference for _, difference in line], words.scale, series.colour),
        hovertext=[_hover(*pair, words) for pair in line], hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _hover(effect: Interaction, difference: Estimate, words: Unit) -> str:
    sides = [f"{figures.text(side.kind)}: {words.difference(loss.mean if loss else None)}"
             for side, loss in ((effect.ours, effect.our_loss), (effect.theirs, effect.their_loss))]  # fmt: skip
    value = f"{words.difference(difference.mean)} (n = {difference.n})"
    return "<br>".join([f"{figures.text(effect.method)}, {level(effect.sparsity)} sparse: {value}", *sides])
