"""Names beside the ends of lines, in place of a legend. A phone has no room beside them and shows the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import plotly.graph_objects as go

from dashboards.draw.figures import SANS, text

MARGIN = 150  # pixels right of the panels
LINE = 15  # pixels from one line of words to the next
WIDEST = 17  # characters of a line


@dataclass(frozen=True)
class LineEnd:
    """The right end of a line: where it is, in pixels above the panel's bottom, and what it is called."""

    name: str
    colour: str
    height: float


def add(figure: go.Figure, ends: Sequence[LineEnd], panel: float, row: int = 1) -> go.Figure:
    """Write each name at the right of a panel of `panel` pixels, level with its line where there is room."""
    axis = next(figure.select_yaxes(row=row, col=1)).plotly_name.replace("axis", "")
    labels = [wrap(name, WIDEST) for name in short_names([end.name for end in ends])]
    heights = apart([end.height for end in ends], [LINE * len(label) + 3 for label in labels], panel)
    for end, label, height in zip(ends, labels, heights, strict=True):
        figure.add_annotation(
            text="<br>".join(text(line) for line in label), name="direct", showarrow=False, align="left",
            x=1, xref="paper", xanchor="left", xshift=10, yref=f"{axis} domain", yanchor="middle", y=height / panel,
            font={"family": SANS, "size": 13, "color": end.colour, "weight": 600},
        )  # fmt: skip
    figure.update_layout(
        showlegend=False,
        meta={"narrow": {"showlegend": True, "margin.r": 12, "legend.y": -0.16, "legend.yanchor": "top",
                         "legend.yref": "paper", "margin.b": 48 + 20 * len(ends), "hide": "direct"}},
    )  # fmt: skip
    return figure.update_layout(margin={"r": MARGIN})


def short_names(names: Sequence[str]) -> list[str]:
    """The names without their method, where one method has several series and every other has one.

    >>> short_names(["static_random erk", "static_random uniform", "small_dense"])
    ['erk', 'uniform', 'small_dense']
    """
    methods = Counter(name.partition(" ")[0] for name in names)
    varied = [method for method, number in methods.items() if number > 1]
    if len(varied) != 1 or any(name == varied[0] for name in names):
        return list(names)
    short = [name.removeprefix(f"{varied[0]} ") for name in names]
    return list(names) if len(set(short)) < len(short) else short


def apart(heights: Sequence[float], sizes: Sequence[float], room: float) -> list[float]:
    """Heights that leave each label its size, in the same order and inside the panel as far as it has room.

    >>> apart([10.0, 12.0], [18, 18], 100)
    [10.0, 28.0]
    """
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = [0.0] * len(heights)
    floor = 0.0
    for index in order:
        placed[index] = max(heights[index], floor + sizes[index] / 2)
        floor = placed[index] + sizes[index] / 2
    ceiling = max(room, sum(sizes))
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling - sizes[index] / 2)
        ceiling = placed[index] - sizes[index] / 2
    return placed
