"""Heat maps and their colour bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from dashboards.draw.paper.axes import suffixed
from dashboards.draw.paper.looks import LEAST, colour_map, points, text
from dashboards.draw.paper.panels import Panel

DARK = 0.45  # luminance of a field, below which what is written in it is white
BAR = {"location": "bottom", "aspect": 28, "pad": 0.02}


def heat_map(panel: Panel, trace: Any, figure: go.Figure) -> list[Text]:
    """One trace of Plotly's kind heatmap; what is written in its fields."""
    xs, ys = panel.x.places(trace.x), panel.y.places(trace.y)
    if not xs:
        return []
    values = np.array([[np.nan if value is None else value for value in line] for line in trace.z], float)
    colours = _colours(trace, figure)
    gap = points(trace.xgap)
    panel.axes.pcolormesh(
        _edges(xs), _edges(ys), np.ma.masked_invalid(values), cmap=colours.cmap, norm=colours.norm,
        edgecolors="white" if gap else "face", linewidth=gap or 0.1,
    )  # fmt: skip
    if trace.text is None:
        return []
    return [
        panel.axes.text(x, y, text(words), ha="center", va="center", fontsize=LEAST, color=_ink(colours, value))
        for y, line, row in zip(ys, trace.text, values, strict=True)
        for x, words, value in zip(xs, line, row, strict=True) if words
    ]  # fmt: skip


def colour_bars(panels: Sequence[Panel], figure: go.Figure, drawn: Figure) -> None:
    """One bar below all heat maps that share a scale."""
    shared: dict[tuple[Any, ...], list[Panel]] = {}
    bars: dict[tuple[Any, ...], tuple[Any, Any]] = {}
    for panel in panels:
        for trace in panel.traces:
            if trace.type == "heatmap":
                scale = _scale(trace, figure)
                key = (trace.coloraxis, scale.colorscale, panel.column if trace.coloraxis is None else None)
                shared.setdefault(key, []).append(panel)
                if scale.showscale is not False:
                    bars.setdefault(key, (trace, scale.colorbar))
    for key, (trace, bar) in bars.items():
        axes = [panel.axes for panel in shared[key]]
        length = 0.6 if len({panel.column for panel in shared[key]}) > 1 else 0.8
        shown = drawn.colorbar(_colours(trace, figure), ax=axes, shrink=length, **BAR)
        shown.outline.set_visible(False)
        if bar.tickvals is not None:
            shown.set_ticks(list(bar.tickvals), labels=list(bar.ticktext))
        else:
            shown.locator, shown.formatter = MaxNLocator(4), suffixed(bar.ticksuffix)
            shown.update_ticks()
        shown.ax.tick_params(labelsize=LEAST, length=2)
        if bar.title.text:
            shown.set_label(text(bar.title.text), fontsize=LEAST)


def _scale(trace: Any, figure: go.Figure) -> Any:
    """Where its colours are said: in the layout, or in the trace."""
    return trace if trace.coloraxis is None else figure.layout[trace.coloraxis]


def _colours(trace: Any, figure: go.Figure) -> ScalarMappable:
    scale = _scale(trace, figure)
    ends = (scale.zmin, scale.zmax) if trace.coloraxis is None else (scale.cmin, scale.cmax)
    return ScalarMappable(Normalize(*ends), colour_map(scale.colorscale))


def _edges(centres: Sequence[float]) -> np.ndarray:
    """The borders of fields around their centres, which are evenly spaced."""
    step = centres[1] - centres[0] if len(centres) > 1 else 1.0
    return np.array([*(centre - step / 2 for centre in centres), centres[-1] + step / 2])


def _ink(colours: ScalarMappable, value: float) -> str:
    """Black or white, whichever can be read on a field of this value."""
    if np.isnan(value):
        return "black"
    red, green, blue, _ = colours.to_rgba(value)
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK else "black"
