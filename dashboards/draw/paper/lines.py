"""Lines, markers, bands and error bars."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from dashboards.draw.paper.looks import LEAST, Colour, colour, dash, marker, points, text
from dashboards.draw.paper.panels import Panel
from dashboards.errors import ReportError

LINE, MARKER = 2.0, 6.0  # pixels, where a trace does not say
LARGEST = 10.0  # pixels: of a marker in the legend
STEPS = {None: "default", "linear": "default", "hv": "steps-post"}


def scatter(panel: Panel, trace: Any) -> None:
    """One trace of Plotly's kind scatter. Raises ReportError for what has no counterpart here."""
    xs, ys = panel.x.places(trace.x), panel.y.places(trace.y)
    mode = trace.mode or "lines"
    if trace.fill is not None:
        _band(panel, trace, xs, ys)
    elif "lines" in mode:
        panel.axes.plot(xs, ys, **_line(trace), drawstyle=STEPS[trace.line.shape], zorder=2)
    if "markers" in mode:
        _markers(panel, trace, xs, ys)
    if "text" in mode:
        _texts(panel, trace, xs, ys)
    for direction, error in (("x", trace.error_x), ("y", trace.error_y)):
        if error.array is not None:
            _errors(panel, error, direction, xs, ys)


def handle(trace: Any) -> Line2D:
    """What stands for the trace in the legend."""
    mode = trace.mode or "lines"
    line = _line(trace) if "lines" in mode else {"linestyle": "none", "color": _marker_colour(trace)}
    if "markers" in mode:
        size = min(_first(trace.marker.size, MARKER), LARGEST)
        line |= _symbol(trace, _first(trace.marker.symbol, "circle"), size)
    return Line2D([], [], **line)


def _line(trace: Any) -> dict[str, Any]:
    width = LINE if trace.line.width is None else trace.line.width
    return {"color": _line_colour(trace), "linewidth": points(width), "linestyle": dash(trace.line.dash)}


def _line_colour(trace: Any) -> Colour:
    return colour(trace.line.color or trace.marker.color or "black")


def _marker_colour(trace: Any) -> Colour:
    return colour(trace.marker.color) if trace.marker.color else _line_colour(trace)


def _band(panel: Panel, trace: Any, xs: Sequence[float], ys: Sequence[float]) -> None:
    if trace.fill != "toself":
        raise ReportError(f"the fill {trace.fill} has no counterpart in print; toself has")
    inside = [(x, y) for x, y in zip(xs, ys, strict=True) if not (isnan(x) or isnan(y))]
    panel.axes.fill(*zip(*inside, strict=True), facecolor=colour(trace.fillcolor), linewidth=0, zorder=1.5)


def _markers(panel: Panel, trace: Any, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Points of one symbol and size together; those without a size are not there."""
    symbols, sizes = (_each(trace.marker.symbol, "circle", len(xs)), _each(trace.marker.size, MARKER, len(xs)))
    for look in dict.fromkeys(zip(symbols, sizes, strict=True)):
        if look[1]:
            alike = [place for place, other in enumerate(zip(symbols, sizes, strict=True)) if other == look]
            panel.axes.plot(np.asarray(xs)[alike], np.asarray(ys)[alike], linestyle="none", zorder=3,
                            **_symbol(trace, *look))  # fmt: skip


def _symbol(trace: Any, symbol: str, size: float) -> dict[str, Any]:
    shown, shade = marker(symbol), _marker_colour(trace)
    width = 1.0 if trace.marker.line.width is None else trace.marker.line.width
    return {"marker": shown.symbol, "markersize": points(size), "markerfacecolor": "none" if shown.open else shade,
            "markeredgecolor": shade if shown.open else "none",
            "markeredgewidth": points(max(width, 1.0)) if shown.open else 0}  # fmt: skip


def _texts(panel: Panel, trace: Any, xs: Sequence[float], ys: Sequence[float]) -> None:
    """A word above each point that has one."""
    for x, y, words in zip(xs, ys, trace.text or [], strict=False):
        panel.axes.annotate(text(words), (x, y), xytext=(0, 4), textcoords="offset points", ha="center", va="bottom",
                            fontsize=LEAST)  # fmt: skip


def _errors(panel: Panel, error: Any, direction: str, xs: Sequence[float], ys: Sequence[float]) -> None:
    high = np.asarray(error.array, float)
    low = high if error.arrayminus is None else np.asarray(error.arrayminus, float)
    panel.axes.errorbar(
        xs, ys, **{f"{direction}err": np.abs([low, high])}, fmt="none", zorder=2.5, ecolor=colour(error.color),
        elinewidth=points(1 if error.thickness is None else error.thickness) + 0.2,
        capsize=points(3 if error.width is None else error.width) / 2, capthick=0.8,
    )  # fmt: skip


def _each(value: Any, default: Any, count: int) -> list[Any]:
    """One value for each point."""
    return list(value) if isinstance(value, list | tuple | np.ndarray) else [value or default] * count


def _first(value: Any, default: Any) -> Any:
    return _each(value, default, 1)[0]
