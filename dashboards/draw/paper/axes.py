"""Ranges, ticks and titles of axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log10
from typing import Any

from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, Formatter, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from dashboards.draw.paper.looks import colour, text
from dashboards.draw.paper.panels import DIRECTIONS, Direction, Panel, Scale
from dashboards.errors import ReportError
from dashboards.words.formats import MINUS, compact

AIR = 2.0  # points between the labels of two ticks
TYPES = (None, "-", "linear", "log", "category")


def prepare(panel: Panel) -> None:
    """Scales, before anything is drawn on them. Raises ReportError for a kind of axis that has no counterpart here."""
    for direction in DIRECTIONS:
        scale = panel.scale(direction)
        if scale.plotly.type not in TYPES:
            raise ReportError(f"an axis of type {scale.plotly.type} has no counterpart in print")
        if scale.log:
            panel.axes.set(**{f"{direction}scale": "log"})
            _axis(panel, direction).set_minor_locator(NullLocator())
    panel.axes.spines[:].set_visible(not panel.heat_map)
    panel.axes.spines[["top", "right"]].set_visible(False)


def finish(panels: Sequence[Panel]) -> None:
    """Ranges, ticks, grids and titles, once all is drawn."""
    for panel in panels:
        if panel.x.plotly.visible is False and panel.y.plotly.visible is False:
            panel.axes.set_axis_off()
        for direction in DIRECTIONS:
            _ticks(panel.scale(direction), _axis(panel, direction))
            if panel.scale(direction).plotly.visible is False:
                _axis(panel, direction).set_visible(False)
            _title(panel, direction)
            if panel.scale(direction).plotly.zeroline:
                _zero(panel, direction)
    for direction in DIRECTIONS:
        for group in dict.fromkeys(panel.scale(direction).group for panel in panels):
            _range([panel for panel in panels if panel.scale(direction).group == group], direction)


def _axis(panel: Panel, direction: Direction) -> Axis:
    return panel.axes.xaxis if direction == "x" else panel.axes.yaxis


def _ticks(scale: Scale, axis: Axis) -> None:
    plotly = scale.plotly
    if scale.categories:
        axis.set_major_locator(FixedLocator(_chosen(len(scale.categories), plotly.nticks)))
        axis.set_major_formatter(FuncFormatter(_named(scale.categories)))
    elif plotly.tickvals is not None:
        axis.set_major_locator(FixedLocator(list(plotly.tickvals)))
        labels = dict(zip(plotly.tickvals, plotly.ticktext or map(str, plotly.tickvals), strict=True))
        axis.set_major_formatter(FuncFormatter(lambda value, _: text(labels.get(value, ""))))
    elif scale.log:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=30))
        axis.set_major_formatter(FuncFormatter(lambda value, _: compact(value) if value >= 1 else f"{value:g}"))
    else:
        axis.set_major_locator(MaxNLocator(plotly.nticks or 6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(suffixed(plotly.ticksuffix))
    if plotly.showgrid is not False and not scale.categories:
        axis.grid(True, color=colour(plotly.gridcolor or "#dddddd"), linewidth=0.5)
    if plotly.showticklabels is False:
        axis.set_tick_params(length=0, labelleft=False, labelbottom=False)


def _chosen(count: int, most: int | None) -> list[int]:
    """Evenly spaced places of at most so many categories."""
    step = 1 if not most else -(-count // most)
    return list(range(0, count, step))


def _named(categories: Sequence[str]) -> Any:
    return lambda value, _: text(categories[round(value)]) if 0 <= round(value) < len(categories) else ""


def suffixed(suffix: str | None) -> Formatter:
    """Numbers with thousands separated, and their unit behind them."""
    return FuncFormatter(lambda value, _: f"{value:,.6g}{suffix or ''}".replace("-", MINUS))


def _title(panel: Panel, direction: Direction) -> None:
    if words := panel.scale(direction).plotly.title.text:
        panel.axes.set(**{f"{direction}label": text(words)})


def _zero(panel: Panel, direction: Direction) -> None:
    line = panel.axes.axvline if direction == "x" else panel.axes.axhline
    line(0, color=colour(panel.scale(direction).plotly.zerolinecolor or "black"), linewidth=0.7, zorder=1)


def _range(group: Sequence[Panel], direction: Direction) -> None:
    """One range for all panels of a group: the one that is asked for, or the one that shows all."""
    asked = next((panel.scale(direction).plotly for panel in group if panel.scale(direction).plotly.range), None)
    scale = group[0].scale(direction)
    limits = [getattr(panel.axes, f"get_{direction}lim")() for panel in group if panel.traces]
    if asked is not None:
        low, high = (10**end for end in asked.range) if scale.log else asked.range
    elif not limits:
        return
    elif scale.categories and not any(panel.heat_map for panel in group):
        low, high = -0.5, len(scale.categories) - 0.5
    else:
        low, high = min(low for low, _ in limits), max(high for _, high in limits)
        if low > 0 and any(panel.scale(direction).plotly.rangemode == "tozero" for panel in group):
            low, high = 0.0, high + 0.04 * low  # as much air as an automatic range from 0 has
    reversed_ = asked is None and any(panel.scale(direction).plotly.autorange == "reversed" for panel in group)
    for panel in group:
        getattr(panel.axes, f"set_{direction}lim")(*((high, low) if reversed_ else (low, high)))


def thin(panel: Panel) -> None:
    """Leave out labels of ticks that would run into each other; round numbers stay first."""
    for direction in DIRECTIONS:
        labels = [tick for tick in _axis(panel, direction).get_ticklabels() if tick.get_visible() and tick.get_text()]
        places = [tick.get_position()[0 if direction == "x" else 1] for tick in labels]
        ends = [_ends(tick.get_window_extent(), direction) for tick in labels]
        kept: list[tuple[float, float]] = []
        order = sorted(range(len(labels)), key=lambda place: not _round(places[place], panel.scale(direction)))
        hidden = set()
        for place in order:
            if any(_overlap(ends[place], other) for other in kept):
                hidden.add(place)
            else:
                kept.append(ends[place])
        if hidden:
            _relabel(_axis(panel, direction), [(places[place], "" if place in hidden else labels[place].get_text())
                                               for place in range(len(labels))])  # fmt: skip


def _relabel(axis: Axis, ticks: Iterable[tuple[float, str]]) -> None:
    shown = dict(ticks)
    axis.set_major_locator(FixedLocator(list(shown)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: shown.get(value, "")))


def _round(value: float, scale: Scale) -> bool:
    return scale.log and value > 0 and abs(log10(value) - round(log10(value))) < 1e-9


def _ends(box: Any, direction: Direction) -> tuple[float, float]:
    return (box.x0, box.x1) if direction == "x" else (box.y0, box.y1)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] + AIR and other[0] < one[1] + AIR
