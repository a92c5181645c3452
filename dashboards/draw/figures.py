"""What all figures share: type, spacing, axes, bands. Colours are those of light screens; see palette."""

from collections.abc import Sequence
from html import escape
from math import log10
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from dashboards import palette
from dashboards.statistics.estimates import Estimate, Range

SANS = "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
FONT = {"family": SANS, "size": 12, "color": palette.SOFT}
STRONG = {"family": SANS, "size": 13, "color": palette.INK}  # of titles inside figures
GRID, NEUTRAL = palette.GRID, palette.DENSE
AXIS = {"title.font.size": 12, "title.font.color": palette.SOFT, "title.standoff": 8, "gridcolor": GRID,
        "zeroline": False, "linecolor": palette.FAINT, "automargin": True}  # fmt: skip
DENSITY_TICKS = (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1)  # percent of weights left
LONGEST = 48  # characters of a name in a figure; tables have it whole
LEGEND = 0.3  # of a figure's height, at most; a longer legend scrolls


def styled(figure: go.Figure, height: int) -> go.Figure:
    """The figure with the shared layout; axes that it has are styled too."""
    figure.update_layout(
        template=None,
        height=height,
        font=FONT,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 56, "r": 16, "t": 32, "b": 48},
        modebar={"orientation": "v", "bgcolor": "rgba(0,0,0,0)", "color": NEUTRAL, "activecolor": palette.INK},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
                "bgcolor": "rgba(0,0,0,0)", "maxheight": LEGEND, "font": {"color": palette.INK}},
        hoverlabel={"font": {"family": SANS, "size": 12, "color": palette.INK}, "bgcolor": palette.PANEL,
                    "bordercolor": palette.RULE},
    )  # fmt: skip
    axes = [axis.plotly_name for axis in (*figure.select_xaxes(), *figure.select_yaxes())]
    # In one step: update_xaxes takes four times as long.
    figure.plotly_relayout({f"{axis}.{name}": value for axis in axes for name, value in AXIS.items()})
    return figure


def over_density(figure: go.Figure, sparsest: float) -> go.Figure:
    """The figure with axes of x that run from all weights left to those of `sparsest`, a sparsity, on a log scale."""
    left, right = 108, 85 * (1 - sparsest)
    ticks = [tick for tick in DENSITY_TICKS if tick >= right]
    labels = [f"{tick:g} %" for tick in ticks]
    return figure.update_xaxes(type="log", range=[log10(left), log10(right)], tickvals=ticks, ticktext=labels)


def by_sparsity(levels: list[float]) -> dict[float, str]:
    """A colour for each level by its rank, since levels crowd where networks are sparse."""
    places = np.linspace(0, 1, len(levels)) if len(levels) > 1 else [0.5] * len(levels)
    steps = np.linspace(0, 1, len(palette.SPARSITIES))
    scale = [[place, colour] for place, colour in zip(steps, palette.SPARSITIES, strict=True)]
    return dict(zip(sorted(levels), sample_colorscale(scale, places), strict=True))


def framed(values: Sequence[float], halves: Sequence[float], least: float) -> list[float]:
    """The range of an axis that shows all values, and their intervals as far as they don't dwarf them.

    `halves` are half intervals, of which as much is shown as the values are apart, or `least` if that is more. Around
    values that are nearly the same the range is `least` wide.

    >>> framed([2.0, 4.0], [0.5, 90.0], 1.0), framed([250.0], [0.0], 5.0)
    ([1.4, 6.1], [247.25, 252.75])
    """
    room = max(max(values) - min(values), least)
    low = min(value - min(half, room) for value, half in zip(values, halves, strict=True))
    high = max(value + min(half, room) for value, half in zip(values, halves, strict=True))
    air = 0.05 * room + max(0.0, least - (high - low)) / 2
    return [low - air, high + air]


def errors(estimates: Sequence[Estimate], scale: float, colour: str) -> dict[str, Any]:
    """Error bars of the intervals, `scale` times as long; none where there is no interval."""
    ends = [_from_mean(one) for one in estimates]
    return {"type": "data", "symmetric": False, "array": [scale * high for _, high in ends],
            "arrayminus": [-scale * low for low, _ in ends], "color": colour, "thickness": 1, "width": 3}  # fmt: skip


def half(one: Estimate, scale: float) -> float:
    """The longer half of the interval, `scale` times as long; 0 where there is none."""
    low, high = _from_mean(one)
    return scale * max(high, -low)


def _from_mean(one: Estimate) -> Range:
    """The ends of the interval less the mean; 0 where there is none."""
    if one.interval is None:
        return 0.0, 0.0
    low, high = one.interval
    return low - one.mean, high - one.mean


def band(
    points: Sequence[tuple[float, Range]], scale: float, colour: str, group: str, opacity: float = 0.18
) -> go.Scatter:
    """Intervals at places along x, `scale` times as high, as an area that goes with the lines of a group."""
    xs = [x for x, _ in points]
    ends = [high for _, (_, high) in points] + [low for _, (low, _) in reversed(points)]
    return go.Scatter(
        x=xs + xs[::-1], y=[scale * end for end in ends], fill="toself", fillcolor=translucent(colour, opacity),
        line={"width": 0}, mode="lines", hoverinfo="skip", legendgroup=group, showlegend=False,
    )  # fmt: skip


def translucent(colour: str, opacity: float) -> str:
    """A #RRGGBB colour that lets what is behind it through.

    >>> translucent("#4477AA", 0.2)
    '#4477AA33'
    """
    return f"{colour}{round(255 * opacity):02X}"


def text(words: str) -> str:
    """Words from outside as Plotly may show them: it reads a little HTML in any text, and breaks no line.

    >>> text("a < b"), len(text("x" * 200))
    ('a &lt; b', 49)
    """
    half = LONGEST // 2  # of either end, since names often differ at the end alone
    shown = words if len(words) <= LONGEST else f"{words[:half]}…{words[-half:]}"
    return escape(shown, quote=False)  # Plotly would show &quot; as it stands


def name_rows(figure: go.Figure, names: list[str]) -> None:
    """Write each row's name above its first panel, for want of room beside it, and column titles above that."""
    figure.update_annotations(font={"size": 13}, yshift=20)
    for row, name in enumerate(names, 1):
        axis = next(figure.select_yaxes(row=row, col=1))
        figure.add_annotation(text=f"<b>{text(name)}</b>", x=0, xref="paper", y=axis.domain[1], yref="paper", yshift=2,
                              xanchor="left", yanchor="bottom", showarrow=False, font={"size": 12})  # fmt: skip
