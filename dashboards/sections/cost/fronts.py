"""Counted figures: the outcome of every cell against a price, with hollow marks, and the Pareto front."""

from __future__ import annotations

from math import log10

import plotly.graph_objects as go

from dashboards import palette
from dashboards.draw import figures, point_labels
from dashboards.draw.axes import log_axis
from dashboards.draw.direct_labels import short_names
from dashboards.draw.names import shortened, two_lines
from dashboards.draw.point_labels import Named, Panel
from dashboards.draw.section import Drawing
from dashboards.numbers.cost.costs import Cost
from dashboards.numbers.cost.prices import Candidate
from dashboards.read.series import Series
from dashboards.sections.cost.numbers import Numbers, PriceAxis, PricePanel
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import Unit

HEIGHT = 360  # pixels
ROOM = (250.0, 268.0)  # pixels of the panel inside a half figure, which is about as wide on a phone
TICKS = 5
MARGIN = 58  # pixels below the panel, for the axis
LETTERS = 16  # of a line of a name
LEGEND_LINE, LEGEND_LETTERS = 20, 38  # pixels, and letters of a name, that a legend takes
LEAST = 1.0  # margins that the axis of the outcome spans
TOP = 1.08  # of the range of the outcome: room for a name
REFERENCE = "dense"

Priced = tuple[Cost, float]


def drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """One for each price that is known."""
    return tuple(_drawing(panel, numbers.unit) for panel in numbers.panels)


def _drawing(panel: PricePanel, words: Unit) -> Drawing:
    splits = formats.listed(sorted({cost.cell.split for cost, _ in panel.prices}))
    zeros = ", zeros not counted" if panel.axis.name == "operations" else ", in the smaller format"
    note = f"{formats.capital(words.on(splits))} against {panel.axis.noun}{zeros}"
    return Drawing(draw(panel, words), panel.axis.name, panel.axis.title, note, size="half", kind="counted")


def draw(panel: PricePanel, words: Unit) -> go.Figure:
    """A line for each series, which joins its levels; the pale line is the front."""
    figure = go.Figure()
    if panel.front:
        figure.add_trace(_front(panel.front, words))
    lines = _lines(panel)
    for series, points in lines.items():
        figure.add_trace(_line(panel.axis, series, points, words))
    figures.styled(figure, HEIGHT)
    values = [words.scale * cost.cell.value.mean for cost, _ in panel.prices if cost.cell.value]
    low, high = figures.framed(values, [0.0] * len(values), LEAST * words.scale * words.margin)
    ys = (low, low + TOP * (high - low))
    axis = log_axis([price for _, price in panel.prices], panel.axis.words, TICKS)
    figure.update_xaxes(**axis, title_text=f"{panel.axis.noun} (log scale)", showline=True, ticks="outside")
    figure.update_yaxes(ticksuffix=words.suffix or None, range=ys, nticks=6)
    figure.update_layout(margin={"l": 48, "r": 12, "t": 12, "b": MARGIN}, showlegend=False)
    names, room = _names(panel, lines, words), Panel(tuple(axis["range"]), ys, *ROOM)
    chosen = point_labels.places(names, room)
    return _with_legend(figure, len(lines)) if chosen is None else point_labels.add(figure, names, chosen)


def _with_legend(figure: go.Figure, lines: int) -> go.Figure:
    """Below the axis, a line for each series, and as much higher."""
    room = LEGEND_LINE * lines
    legend = {"y": 0, "yref": "container", "yanchor": "bottom", "maxheight": 1, "orientation": "v"}
    return figure.update_layout(showlegend=True, legend=legend, height=HEIGHT + room, margin={"b": MARGIN + room})


def _lines(panel: PricePanel) -> dict[Series, list[Priced]]:
    """By series, cheapest last, dense networks first."""
    lines: dict[Series, list[Priced]] = {}
    for cost, price in panel.prices:
        lines.setdefault(cost.cell.series, []).append((cost, price))
    return lines


def _line(axis: PriceAxis, series: Series, points: list[Priced], words: Unit) -> go.Scatter:
    return go.Scatter(
        x=[price for _, price in points], y=[_height(cost, words) for cost, _ in points],
        mode="lines+markers", name=shortened(series.label, LEGEND_LETTERS),
        line={"color": series.colour, "dash": series.dash, "width": 1.2},
        marker={"symbol": f"{series.marker}-open", "size": 8, "line": {"width": 1.6}, "color": series.colour},
        hovertext=[_hover(axis, cost, price, words) for cost, price in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _hover(axis: PriceAxis, cost: Cost, price: float, words: Unit) -> str:
    cell = cost.cell
    value, n = (cell.value.mean, cell.value.n) if cell.value else (None, 0)
    return (f"{figures.text(cell.series.label)}, {level(cell.level)} sparse<br>{words.value(value)} (n = {n}), "
            f"{axis.words(price)}{axis.said}")  # fmt: skip


def _height(cost: Cost, words: Unit) -> float | None:
    return words.scale * cost.cell.value.mean if cost.cell.value else None


def _front(members: tuple[Candidate, ...], words: Unit) -> go.Scatter:
    """As good as it gets up to each price: level until the next member."""
    return go.Scatter(
        x=[member.price for member in members], y=[words.scale * member.value.mean for member in members],
        mode="lines", name="Pareto front", hoverinfo="skip", showlegend=False,
        line={"color": palette.RULE, "width": 6, "shape": "hv"},
    )  # fmt: skip


def _names(panel: PricePanel, lines: dict[Series, list[Priced]], words: Unit) -> list[Named]:
    """The series', and the dense network's where it is a level of another series."""
    short = short_names([series.label for series in lines])
    names = [Named(two_lines(name, LETTERS), series.colour, _places(points, words))
             for name, (series, points) in zip(short, lines.items(), strict=True)]  # fmt: skip
    if any(series.dense for series in lines):
        return names
    unpruned = [(cost, price) for cost, price in panel.prices if cost.cell.unpruned]
    return [*([Named(REFERENCE, figures.NEUTRAL, _places(unpruned[:1], words))] if unpruned else []), *names]


def _places(points: list[Priced], words: Unit) -> tuple[tuple[float, float], ...]:
    return tuple((log10(price), words.scale * cost.cell.value.mean) for cost, price in points if cost.cell.value)
