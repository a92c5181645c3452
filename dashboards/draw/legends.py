"""Legends above panels that leave room for all their names, on wide screens and on phones."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import plotly.graph_objects as go

from dashboards.draw.figures import text

WIDE, NARROW = 600, 280  # pixels of a figure that names may take
SYMBOL, LETTER, LINE = 44, 6.8, 28  # pixels: of a marker with its gaps, of a letter, of a row of names
TITLES = 44  # pixels between the legend and the first panel, for titles and names of rows


def above(figure: go.Figure, names: Sequence[str], titles: int = TITLES) -> go.Figure:
    """Leave room for a legend of these names above the first panel, and `titles` pixels below it."""
    names = list(dict.fromkeys(text(name) for name in names))
    narrow = {"margin.t": titles + LINE * rows(names, NARROW), "margin.r": 12, "legend.maxheight": 0.5}
    figure.update_layout(margin={"t": titles + LINE * rows(names, WIDE)}, meta={"narrow": narrow})
    return figure


def rows(names: Sequence[str], room: float) -> int:
    """Rows that a legend takes: names share columns of one width where a single row does not hold them.

    >>> rows(["dense", "gradual"], 280), rows(["dense", "gradual"] * 4, 280)
    (1, 3)
    """
    widths = [SYMBOL + LETTER * len(name) for name in names]
    if sum(widths) <= room:
        return min(1, len(names))
    return ceil(len(names) / max(1, int(room // max(widths))))
