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

PANEL, GAP = 240, 64  # pixels of one pair of kinds, and from one to the next
HEAD, FOOT = 44, 52  # pixels above and below all panels
LEAST = 1.0  # margins that are always shown of an interval
APART = 0.03  # of a density, by which lines are moved so that their intervals don't hide each other
LEGEND_LINE, LEGEND_LETTERS = 20, 42  # pixels, and letters of a name, that a legend takes

Line = list[tuple[Interaction, Estimate]]  # those of one method that have an estimate, and that
Pairs = Mapping[tuple[str, str], Mapping[str, Line]]  # the lines of each pair of kinds, by method


def draw(pairs: Pairs, words: Unit) -> go.Figure:
    """A panel for each pair, on the same axes."""
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
    figures.over_density(figure, max(each.sparsity for each, _ in _points(pairs)))
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
    each, difference = line[-1]
    return LineEnd(method, _series(each).colour, PANEL * (words.scale * difference.mean - low) / (high - low))


def _narrow(lines: int) -> dict[str, Any]:
    """On a phone a legend of all lines stands below the panels."""
    return {"narrow": {
        "showlegend": True, "hide": "direct", "margin.r": 12, "margin.b": FOOT + LEGEND_LINE * lines,
        "legend.orientation": "v", "legend.y": 0, "legend.yref": "container", "legend.yanchor": "bottom",
        "legend.maxheight": 1,
    }}  # fmt: skip


def _series(each: Interaction) -> Series:
    """That of the first kind, which is not the reference."""
    return each.ours.cells[0].series


def _line(line: Line, words: Unit, shift: float) -> go.Scatter:
    series = _series(line[0][0])
    return go.Scatter(
        x=[100 * (1 - each.sparsity) * shift for each, _ in line],
        y=[words.scale * difference.mean for _, difference in line],
        mode="lines+markers", name=shortened(series.label, LEGEND_LETTERS),
        line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"symbol": series.marker, "size": 9, "line": {"width": 1, "color": palette.PAGE}},
        error_y=figures.errors([difference for _, difference in line], words.scale, series.colour),
        hovertext=[_hover(*pair, words) for pair in line], hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _hover(each: Interaction, difference: Estimate, words: Unit) -> str:
    sides = [f"{figures.text(side.kind)}: {words.difference(loss.mean if loss else None)}"
             for side, loss in ((each.ours, each.our_loss), (each.theirs, each.their_loss))]  # fmt: skip
    value = f"{words.difference(difference.mean)} (n = {difference.n})"
    return "<br>".join([f"{figures.text(each.method)}, {level(each.sparsity)} sparse: {value}", *sides])
