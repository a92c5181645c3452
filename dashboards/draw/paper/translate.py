"""A figure of the page -> the same figure for a paper: one column wide, or two where panels stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Literal

import matplotlib
import plotly.graph_objects as go
from matplotlib.figure import Figure
from matplotlib.text import Text

from dashboards.draw.paper import axes, heat, lines, notes
from dashboards.draw.paper.looks import POINTS
from dashboards.draw.paper.panels import Panel, panels
from dashboards.errors import ReportError

Format = Literal["svg", "pdf", "png"]
COLUMN, PAGE = 3.3, 6.9  # inches
TALLEST = 0.8  # of a panel's width: its height, where the height of the page is not the number of its rows
ROUNDS = 2  # in which the height is fitted
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans", "font.size": 8, "axes.labelsize": 8, "axes.titlesize": 8, "xtick.labelsize": 7,
    "ytick.labelsize": 7, "axes.linewidth": 0.5, "axes.edgecolor": "#888888", "axes.axisbelow": True,
    "xtick.major.width": 0.5, "ytick.major.width": 0.5, "xtick.major.size": 2.5, "ytick.major.size": 2.5,
    "xtick.color": "#888888", "ytick.color": "#888888", "xtick.labelcolor": "black", "ytick.labelcolor": "black",
    "axes.unicode_minus": True, "text.parse_math": False, "pdf.fonttype": 42, "svg.fonttype": "path",
    "svg.hashsalt": "sparsity", "figure.dpi": 100, "savefig.dpi": 200,
}  # fmt: skip
METADATA: dict[Format, dict[str, Any]] = {  # without the time at which a file is written
    "svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}  # fmt: skip


def files(figure: go.Figure, formats: Sequence[Format] = ("svg", "pdf")) -> dict[Format, bytes]:
    """The figure in each format; the same bytes for the same figure.

    A PDF embeds its fonts. An SVG has letters as outlines, which look alike whatever fonts the reader has.
    Raises ReportError for what has no counterpart here.
    """
    with _style():
        drawn = _drawn(figure)
        return {name: _saved(drawn, name) for name in formats}


@contextmanager
def _style() -> Iterator[None]:
    """Matplotlib's own defaults and ours, whatever the user's settings are."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def _saved(drawn: Figure, name: Format) -> bytes:
    file = BytesIO()
    drawn.savefig(file, format=name, metadata=METADATA[name])
    return file.getvalue()


def _drawn(figure: go.Figure) -> Figure:
    drawn = Figure(layout="constrained", figsize=(COLUMN, COLUMN))
    shown = panels(figure, drawn)
    drawn.set_figwidth(COLUMN if len({panel.column for panel in shown}) == 1 else PAGE)
    drawn.set_figheight(2 * (figure.layout.height or 450) * POINTS / 72)  # room enough for a first layout
    drawn.get_layout_engine().set(w_pad=0.03, h_pad=0.04, hspace=0.03, wspace=0.02)
    texts = [field for panel in shown for field in _traces(panel, figure)]
    for shape in figure.layout.shapes:
        notes.shape(shown, shape)
    axes.finish(shown)
    for annotation in figure.layout.annotations:
        notes.annotate(shown, annotation, drawn.get_figwidth() - 0.6)
    heat.colour_bars(shown, figure, drawn)
    notes.legend(figure, drawn)
    _fit(drawn, shown, figure)
    _leave_out(texts, shown)
    for panel in shown:
        axes.thin(panel)
    return drawn


def _traces(panel: Panel, figure: go.Figure) -> list[list[Text]]:
    """Draws all traces of a panel; what is written in the fields of each heat map."""
    axes.prepare(panel)
    fields = []
    for trace in panel.traces:
        if trace.type == "scatter":
            lines.scatter(panel, trace)
        elif trace.type == "heatmap":
            fields.append(heat.heat_map(panel, trace, figure))
        else:
            raise ReportError(f"a figure of kind {trace.type} has no counterpart in print; scatter and heatmap have")
    return fields


def _fit(drawn: Figure, shown: Sequence[Panel], figure: go.Figure) -> None:
    """Give the figure the height at which its rows are as high as they ask for, whatever stands around them."""
    first = {panel.row: panel for panel in shown if panel.column == 0}
    for _ in range(ROUNDS):
        drawn.draw_without_rendering()
        boxes = {row: panel.axes.get_position(original=True) for row, panel in first.items()}
        size, height = drawn.get_figwidth(), drawn.get_figheight()
        wanted = sum(_height(first[row], box.width * size, figure) for row, box in boxes.items())
        drawn.set_figheight(max(height + wanted - sum(box.height * height for box in boxes.values()), 1.0))
    drawn.draw_without_rendering()
    drawn.set_layout_engine("none")  # all is where it stays: files need not lay it out once more


def _height(panel: Panel, width: float, figure: go.Figure) -> float:
    """Inches: those of the page, but of curves no more than becomes a panel this wide."""
    if panel.square:
        return width
    margin = figure.layout.margin
    whole = (figure.layout.height or 450) - (margin.t or 0) - (margin.b or 0)
    asked = whole * (panel.y.domain[1] - panel.y.domain[0]) * POINTS / 72
    listed = panel.heat_map or panel.y.plotly.showticklabels is False
    named = any(note.name == "direct" for note in figure.layout.annotations)  # names beside lines need their room
    return asked if listed or named else min(asked, TALLEST * width)


def _leave_out(texts: Sequence[Sequence[Text]], shown: Sequence[Panel]) -> None:
    """Take the words out of heat maps where fields are too narrow for them: the table has the numbers."""
    for fields in texts:
        for field in fields:
            box = field.get_window_extent()
            inside = field.axes.transData.transform([(0, 0), (1, 1)])
            if box.width > abs(inside[1][0] - inside[0][0]) or box.height > abs(inside[1][1] - inside[0][1]):
                for other in fields:
                    other.set_visible(False)
                break
