"""Markers and dashes as SVG, for tables and cards: the same shapes as in Plotly's figures."""

from __future__ import annotations

from markupsafe import Markup

from dashboards.palette import METHODS
from dashboards.read.series import Series

PATHS = {  # around (0, 0), about 10 units wide
    "circle": "M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z",
    "square": "M-4.5-4.5H4.5V4.5H-4.5Z",
    "diamond": "M0-6L6 0L0 6L-6 0Z",
    "triangle-up": "M0-5.5L5.5 4.5H-5.5Z",
    "triangle-down": "M0 5.5L5.5-4.5H-5.5Z",
    "x": "M-5.5-3L-3-5.5L0-2.5L3-5.5L5.5-3L2.5 0L5.5 3L3 5.5L0 2.5L-3 5.5L-5.5 3L-2.5 0Z",
    "cross": "M-1.8-5.5H1.8V-1.8H5.5V1.8H1.8V5.5H-1.8V1.8H-5.5V-1.8H-1.8Z",
    "star": "M0-6L1.5-2H5.8L2.3 .6L3.6 5L0 2.4L-3.6 5L-2.3 .6L-5.8-2H-1.5Z",
    "hexagon": "M5.5 0L2.7 4.8H-2.7L-5.5 0L-2.7-4.8H2.7Z",
    "pentagon": "M0-5.5L5.2-1.7L3.2 4.5H-3.2L-5.2-1.7Z",
    "hourglass": "M-5-5H5L-5 5H5Z",
    "bowtie": "M-5-5V5L5-5V5Z",
}
DASHES = {"solid": "", "dash": "5 3", "dot": "1.5 3", "dashdot": "6 2.5 1.5 2.5", "longdash": "9 3",
          "longdashdot": "10 3 2 3"}  # fmt: skip
COLOUR_NAMES = {colour.light: f"m{place}" for place, colour in enumerate(METHODS)}


def variable(series: Series) -> str:
    """The series' colour as a CSS value, which follows the reader's scheme."""
    return f"var(--{COLOUR_NAMES.get(series.colour, 'dense')})"


def key(series: Series) -> Markup:
    """A short line with the series' marker, as a legend has it; hidden from screen readers, which read the name."""
    dash = DASHES[series.dash]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    mark = "" if series.dense else f'<path class="mark" d="{PATHS[series.marker]}"/>'
    return Markup(f'<svg class="key" viewBox="-14 -7 28 14" aria-hidden="true" style="--c:{variable(series)}">'
                  f'<path class="stroke" d="M-14 0H14"{dashed}/>{mark}</svg>')  # fmt: skip


def mark(series: Series) -> Markup:
    """The marker alone."""
    return Markup(f'<svg class="mark" viewBox="-8 -8 16 16" aria-hidden="true">'
                  f'<path d="{PATHS[series.marker]}"/></svg>')  # fmt: skip
