"""What is written and drawn over panels: names, lines across, and the legend."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import blended_transform_factory

from dashboards.draw.paper.lines import handle
from dashboards.draw.paper.looks import LEAST, colour, dash, points, text
from dashboards.draw.paper.panels import DIRECTIONS, Direction, Panel
from dashboards.errors import ReportError

ALIGNED: dict[str | None, Any] = {
    "left": "left",
    "right": "right",
    "center": "center",
    None: "center",
    "auto": "center",
}
RAISED: dict[str | None, Any] = {"top": "top", "bottom": "bottom", "middle": "center", None: "center", "auto": "center"}
LETTER = 0.56  # of the type's size: the mean width of a letter


def annotate(panels: Sequence[Panel], annotation: Any, width: float) -> None:
    """One text over a panel, broken into lines no longer than `width` inches."""
    if annotation.showarrow is not False:
        raise ReportError(f"the annotation {annotation.text!r} has an arrow, which has no counterpart in print")
    panel = _panel(panels, annotation)
    words, size = annotation.text or "", points(annotation.font.size or 13, LEAST)
    lines = [line for part in text(words).split("\n") for line in textwrap.wrap(part, int(72 * width / size / LETTER))]
    place = _place(panel, annotation)
    written = panel.axes.annotate(
        "\n".join(lines), place, xycoords=_transform(panel, annotation),
        xytext=(points(annotation.xshift), points(annotation.yshift)), textcoords="offset points",
        ha=ALIGNED[annotation.xanchor], va=RAISED[annotation.yanchor], fontsize=size,
        fontweight="bold" if "<b>" in words else "normal", annotation_clip=False,
        color=colour(annotation.font.color or "black"),
    )  # fmt: skip
    written.set_in_layout(False)  # a name longer than its panel would make the panel narrower and narrower
    _make_room(panel, annotation, place, written)


def _make_room(panel: Panel, annotation: Any, place: tuple[float, float], written: Annotation) -> None:
    """Keep free what a text needs above its panel, or on the right of it."""
    inside, box = panel.axes.get_window_extent(), written.get_window_extent()
    beside = place[0] >= 1 and annotation.xanchor == "left" and not _inside(panel, annotation, "x")
    above, right = max(box.y1 - inside.y1, 0.0), max(box.x1 - inside.x1, 0.0) if beside else 0.0
    if above or right:
        inch = written.figure.dpi / 72
        panel.axes.annotate(" ", (1, 1), xycoords="axes fraction", fontsize=0.1, ha="right", va="top",
                            xytext=(right / inch, above / inch), textcoords="offset points")  # fmt: skip


def shape(panels: Sequence[Panel], drawn: Any) -> None:
    """A line or a rectangle. Raises ReportError for other shapes."""
    panel = _panel(panels, drawn)
    xs, ys = (
        [_value(panel, drawn, direction, drawn[f"{direction}{end}"]) for end in (0, 1)] for direction in DIRECTIONS
    )
    transform = _transform(panel, drawn)
    if drawn.type == "line":
        panel.axes.plot(xs, ys, transform=transform, color=colour(drawn.line.color or "black"), zorder=1.2,
                        linewidth=points(drawn.line.width or 2), linestyle=dash(drawn.line.dash), scalex=False,
                        scaley=False)  # fmt: skip
    elif drawn.type == "rect":
        panel.axes.fill([xs[0], xs[1], xs[1], xs[0]], [ys[0], ys[0], ys[1], ys[1]], transform=transform, zorder=0.5,
                        facecolor=colour(drawn.fillcolor or "rgba(0,0,0,0)"), linewidth=0)  # fmt: skip
    else:
        raise ReportError(f"the shape {drawn.type} has no counterpart in print; line and rect have")


def legend(figure: go.Figure, drawn: Figure) -> None:
    """Above the panels, in as many columns as there is room for."""
    entries = [trace for trace in figure.data if trace.type == "scatter" and trace.showlegend is not False]
    alone = len(entries) == 1 and not entries[0].showlegend
    if not entries or alone or figure.layout.showlegend is False:
        return
    entries.sort(key=lambda trace: trace.legendrank or 1000)
    names = ["\n".join(textwrap.wrap(text(trace.name), int(72 * drawn.get_figwidth() / LEAST / LETTER) - 6))
             for trace in entries]  # fmt: skip
    longest = max(len(line) for name in names for line in name.split("\n"))
    room = drawn.get_figwidth() * 72 / ((longest * LETTER + 4.5) * LEAST)
    drawn.legend(
        [handle(trace) for trace in entries], names, loc="outside upper left", ncols=max(1, min(len(names), int(room))),
        fontsize=LEAST, frameon=False, handlelength=2.6, columnspacing=1.2, borderaxespad=0.1, labelspacing=0.3,
    )  # fmt: skip


def _panel(panels: Sequence[Panel], item: Any) -> Panel:
    """The panel that an item names by an axis, or else the one whose upper edge is nearest to it."""
    for direction in DIRECTIONS:
        name = _reference(item, direction).removesuffix(" domain")
        named = [panel for panel in panels if panel.scale(direction).name == name]
        if named:
            return named[0]
    return min(panels, key=lambda panel: (abs(panel.y.domain[1] - item.y), _outside(panel.x.domain, item.x)))


def _outside(domain: tuple[float, float], place: float) -> float:
    return max(domain[0] - place, place - domain[1], 0.0)


def _place(panel: Panel, item: Any) -> tuple[float, float]:
    return _value(panel, item, "x", item.x), _value(panel, item, "y", item.y)


def _value(panel: Panel, item: Any, direction: Direction, value: Any) -> float:
    """A coordinate in what `_transform` takes it in: a share of the panel, or a value of its axis."""
    scale, ref = panel.scale(direction), _reference(item, direction)
    if ref == "paper":
        low, high = scale.domain
        return (float(value) - low) / (high - low)
    if ref.endswith(" domain"):
        return float(value)
    return 10 ** float(value) if scale.log and item.plotly_name == "annotation" else scale.place(value)


def _reference(item: Any, direction: Direction) -> str:
    """What a coordinate is measured by: an axis, its domain, or the whole figure."""
    return item[f"{direction}ref"] or direction


def _inside(panel: Panel, item: Any, direction: Direction) -> bool:
    """Whether a coordinate is a value of the axis."""
    return _reference(item, direction) == panel.scale(direction).name


def _transform(panel: Panel, item: Any) -> Any:
    data, share = panel.axes.transData, panel.axes.transAxes
    return blended_transform_factory(*(data if _inside(panel, item, one) else share for one in DIRECTIONS))
