"""The outcome of every cell against a price: counted, with hollow marks and the Pareto front, or measured."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10, nan
from typing import Any, Literal

import plotly.graph_objects as go

from dashboards import palette
from dashboards.draw import figures, point_labels
from dashboards.draw.axes import log_axis
from dashboards.draw.direct_labels import short_names
from dashboards.draw.names import shortened, two_lines
from dashboards.draw.point_labels import LabelledPanel, LabelPlace, Named
from dashboards.draw.section import Drawing
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cost.prices import Candidate
from dashboards.read.series import Series
from dashboards.sections.cost.numbers import PriceAxis, PricePanel
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import Unit

HEIGHT = 360  # pixels
ROOM = (250.0, 268.0)  # pixels of the panel inside a half figure, which is about as wide on a phone
TICKS = 5
MARGIN = 58  # pixels below the panel, for the axis
LETTERS = 18  # of a line of a name
LEGEND_LINE, LEGEND_LETTERS = 20, 38  # pixels, and letters of a name, that a legend takes
LEAST = 1.0  # margins that the axis of the outcome spans
MILDEST = 1.3  # times as deep as the front and the mildest series go: worse outcomes are cut off
AIR, TOP = 0.06, 2.0  # of the range of the outcome, below it; so many times as much above it, for a name
REFERENCE = "dense"

Priced = tuple[Cell, float]


def drawings(panels: Sequence[PricePanel], words: Unit) -> tuple[Drawing, ...]:
    """One for each price; all name their lines in the same way."""
    places = [point_labels.places(*_names(panel, words)) for panel in panels]
    direct = all(chosen is not None for chosen in places)
    return tuple(_drawing(panel, words, chosen if direct else None)
                 for panel, chosen in zip(panels, places, strict=True))  # fmt: skip


def _drawing(panel: PricePanel, words: Unit, places: list[LabelPlace] | None) -> Drawing:
    splits = formats.listed(sorted({cell.split for cell, _ in panel.prices}))
    note = f"{formats.capital(words.on(splits))} against {panel.axis.noun}{panel.axis.note}"
    kind: Literal["measured", "counted"] = "measured" if panel.axis.measured else "counted"
    return Drawing(draw(panel, words, places), panel.axis.name, panel.axis.title, note, size="half", kind=kind)


def draw(panel: PricePanel, words: Unit, places: list[LabelPlace] | None) -> go.Figure:
    """A line for each series through its levels; the pale line is the front. Without places a legend names them."""
    figure = go.Figure()
    if panel.front:
        figure.add_trace(_front(panel.front, words))
    lines = _lines(panel)
    for series, points in lines.items():
        figure.add_trace(_line(panel.axis, series, points, words))
    figures.styled(figure, HEIGHT)
    figure.update_xaxes(
        **_price_axis(panel), title_text=f"{panel.axis.noun} (log scale)", showline=True, ticks="outside"
    )
    figure.update_yaxes(ticksuffix=words.suffix or None, range=_frame(panel, words), nticks=6)
    figure.update_layout(margin={"l": 48, "r": 24, "t": 12, "b": MARGIN}, showlegend=False)
    if places is None:
        return legend_below(figure, len(lines))
    return point_labels.add(figure, _names(panel, words)[0], places)


def _price_axis(panel: PricePanel) -> dict[str, Any]:
    return log_axis([price for _, price in panel.prices], panel.axis.words, TICKS)


def _frame(panel: PricePanel, words: Unit) -> tuple[float, float]:
    """All outcomes but those far worse than front and focus and than the worst of the series that loses least."""
    low, high = _kept(panel, words)
    air = AIR * (high - low)
    return (low - air, high + TOP * air) if words.outcome.more_is_better else (-high - air, -low + TOP * air)


def _kept(panel: PricePanel, words: Unit) -> tuple[float, float]:
    """The worst and the best outcome that are shown; more is better."""
    sign = _sign(words)
    lines = [[sign * _height(cell, words) for cell, _ in points] for points in _lines(panel).values()]
    best, mildest = (
        max(map(max, lines)),
        max([min(line) for line in lines if len(line) > 1], default=min(map(min, lines))),
    )
    kept = [*(member.cell for member in panel.front), *panel.focus]
    depth = best - min([mildest, *(sign * _height(cell, words) for cell in kept)])
    room = max(MILDEST * depth, LEAST * words.scale * words.margin)
    worst = min(value for line in lines for value in line if value >= best - room)
    return min(worst, best - LEAST * words.scale * words.margin), best


def cut_off(panel: PricePanel, words: Unit) -> bool:
    """Whether an outcome lies outside the figure."""
    worst, _ = _kept(panel, words)
    return any(_sign(words) * _height(cell, words) < worst for cell, _ in panel.prices)


def _sign(words: Unit) -> int:
    return 1 if words.outcome.more_is_better else -1


def legend_below(figure: go.Figure, lines: int) -> go.Figure:
    """A legend below the axis, a line for each name, in a figure that is as much higher."""
    room = LEGEND_LINE * lines
    legend = {"y": 0, "yref": "container", "yanchor": "bottom", "maxheight": 1, "orientation": "v"}
    return figure.update_layout(showlegend=True, legend=legend, height=HEIGHT + room, margin={"b": MARGIN + room})


def _lines(panel: PricePanel) -> dict[Series, list[Priced]]:
    """By series, cheapest last, dense networks first."""
    lines: dict[Series, list[Priced]] = {}
    for cell, price in panel.prices:
        lines.setdefault(cell.series, []).append((cell, price))
    return lines


def _line(axis: PriceAxis, series: Series, points: list[Priced], words: Unit) -> go.Scatter:
    return go.Scatter(
        x=[price for _, price in points], y=[_height(cell, words) for cell, _ in points],
        mode="lines+markers", name=shortened(series.label, LEGEND_LETTERS),
        line={"color": series.colour, "dash": series.dash, "width": 1.2},
        marker={"symbol": series.marker if axis.measured else f"{series.marker}-open", "size": 8,
                "line": {"width": 0 if axis.measured else 1.6}, "color": series.colour},
        hovertext=[_hover(axis, cell, price, words) for cell, price in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _hover(axis: PriceAxis, cell: Cell, price: float, words: Unit) -> str:
    value, n = (cell.value.mean, cell.value.n) if cell.value else (None, 0)
    return (f"{figures.text(cell.series.label)}, {level(cell.level)} sparse<br>{words.value(value)} (n = {n}), "
            f"{axis.words(price)}{axis.said}")  # fmt: skip


def _height(cell: Cell, words: Unit) -> float:
    """Of a cell with an outcome, as only those are in a panel."""
    return words.scale * cell.value.mean if cell.value else nan


def _front(members: tuple[Candidate, ...], words: Unit) -> go.Scatter:
    """As good as it gets up to each price: level until the next member."""
    return go.Scatter(
        x=[member.price for member in members], y=[words.scale * member.value.mean for member in members],
        mode="lines", name="Pareto front", hoverinfo="skip", showlegend=False,
        line={"color": palette.RULE, "width": 6, "shape": "hv"},
    )  # fmt: skip


def _names(panel: PricePanel, words: Unit) -> tuple[list[Named], LabelledPanel]:
    """The series', and the dense network's where it is a level of another series; and the room that they have."""
    lines = _lines(panel)
    short = short_names([series.label for series in lines])
    names = [Named(two_lines(name, LETTERS), series.colour, _places(points, words))
             for name, (series, points) in zip(short, lines.items(), strict=True)]  # fmt: skip
    room = LabelledPanel(tuple(_price_axis(panel)["range"]), _frame(panel, words), *ROOM)
    unpruned = [(cell, price) for cell, price in panel.prices if cell.unpruned]
    if unpruned and not any(series.dense for series in lines):
        names.insert(0, Named(REFERENCE, figures.NEUTRAL, _places(unpruned[:1], words)))
    return names, room


def _places(points: list[Priced], words: Unit) -> tuple[tuple[float, float], ...]:
    return tuple((log10(price), _height(cell, words)) for cell, price in points)
