"""Plotly's colours, markers, dashes and text, as matplotlib has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_rgba
from plotly.colors import get_colorscale

from dashboards.errors import ReportError

Colour = tuple[float, float, float, float]
Symbol = str | tuple[tuple[int, int], ...]  # a name, or corners

POINTS = 8 / 13  # of a pixel: the page's type of 13 pixels becomes 8 points
LEAST = 7.0  # points: smaller type is not readable in print
SYMBOLS: dict[str, Symbol] = {
    "circle": "o", "square": "s", "diamond": "D", "triangle-up": "^", "triangle-down": "v", "x": "X", "cross": "P",
    "star": "*", "hexagon": "h", "pentagon": "p", "arrow-right": ">",
    "hourglass": ((-1, -1), (1, -1), (-1, 1), (1, 1), (-1, -1)),
    "bowtie": ((-1, -1), (-1, 1), (1, -1), (1, 1), (-1, -1)),
}  # fmt: skip
DASHES: dict[str, Any] = {  # in widths of the line
    "solid": "solid", "dot": (0, (1, 1.8)), "dash": (0, (4, 2.2)), "longdash": (0, (7, 2.5)),
    "dashdot": (0, (4, 2, 1, 2)), "longdashdot": (0, (7, 2.5, 1, 2.5)),
}  # fmt: skip
OPEN = "-open"


@dataclass(frozen=True)
class Marker:
    """One symbol of matplotlib; an open one has an edge alone."""

    symbol: Symbol
    open: bool


def colour(words: str) -> Colour:
    """A colour as Plotly names it: #rrggbb, rgb(...), rgba(...) or a name.

    >>> colour("rgba(255,0,0,0.5)")
    (1.0, 0.0, 0.0, 0.5)
    """
    numbers = re.fullmatch(r"rgba?\(([^)]*)\)", words)
    if numbers is None:
        return to_rgba(words)
    red, green, blue, *opacity = (float(part) for part in numbers[1].split(","))
    return red / 255, green / 255, blue / 255, opacity[0] if opacity else 1.0


def marker(symbol: str | None) -> Marker:
    """Plotly's marker of this name. Raises ReportError for one that has no counterpart here."""
    name = symbol or "circle"
    if (plain := name.removesuffix(OPEN)) not in SYMBOLS:
        raise ReportError(f"the marker {name} has no counterpart in print; there are {', '.join(SYMBOLS)}")
    return Marker(SYMBOLS[plain], name.endswith(OPEN))


def dash(name: str | None) -> Any:
    """Plotly's dash of this name. Raises ReportError for one that has no counterpart here."""
    if (name or "solid") not in DASHES:
        raise ReportError(f"the dash {name} has no counterpart in print; there are {', '.join(DASHES)}")
    return DASHES[name or "solid"]


def colour_map(scale: Any) -> LinearSegmentedColormap:
    """A scale that Plotly names, or lists as pairs of place and colour."""
    pairs = get_colorscale(scale) if isinstance(scale, str) else scale
    return LinearSegmentedColormap.from_list("scale", [(place, colour(words)) for place, words in pairs])


def text(html: str | None) -> str:
    """The little HTML that Plotly reads, without its tags.

    >>> text("<b>a &lt; b</b><br>c")
    'a < b\\nc'
    """
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br ?/?>", "\n", html or "")))


def points(pixels: float | None, least: float = 0.0) -> float:
    """A length of the page in points."""
    return max(least, (pixels or 0.0) * POINTS)
