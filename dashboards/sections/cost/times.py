"""The measured figure: time per epoch against the dense network's, a row for each series at its sparsest level."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards import palette
from dashboards.draw import figures
from dashboards.draw.names import two_lines
from dashboards.draw.section import Drawing
from dashboards.numbers.cost.epochs import Speed
from dashboards.sections.cost.numbers import Numbers
from dashboards.statistics.estimates import Estimate
from dashboards.words.formats import level, unbroken

LEAST = 0.2  # of a multiple that the axis spans
LETTERS = 34  # of a line of a name
LINE, MARK = 16, 30  # pixels of a line of a name, of the interval below it
FRAME = 100  # pixels above and below the rows
VALUE_ROOM = 0.22  # of the axis, right of the longest interval: the value stands there
REFERENCE = "as long as dense"


def drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """None where no series has a timed twin."""
    if not numbers.speeds:
        return ()
    note = "Time per epoch as a multiple of the dense network's"
    return (Drawing(draw(numbers.speeds), "time", "What this machine took", note, size="half", kind="measured"),)


def draw(speeds: tuple[Speed, ...]) -> go.Figure:
    """Filled marks with their intervals."""
    names = [
        two_lines(unbroken(f"{speed.cell.series.label} at {level(speed.cell.level)}"), LETTERS) for speed in speeds
    ]
    lines = max(name.count("<br>") + 1 for name in names)
    figure = go.Figure([_row(place, speed) for place, speed in enumerate(speeds)])
    figures.styled(figure, FRAME + (LINE * lines + MARK) * len(speeds))
    low, high = _range(speeds)
    figure.add_vline(1, line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"})
    figure.add_annotation(text=REFERENCE, x=1, yref="paper", y=1, yanchor="bottom", showarrow=False,
                          xanchor=_anchor((1 - low) / (high - low)))  # fmt: skip
    for place, (speed, name) in enumerate(zip(speeds, names, strict=True)):
        _write(figure, place, speed, name, most=high - VALUE_ROOM * (high - low))
    figure.update_layout(showlegend=False, margin={"l": 12, "r": 12, "t": 28, "b": 52})
    figure.update_yaxes(range=[len(speeds) - 0.6, -0.9], visible=False)
    return figure.update_xaxes(range=[low, high], nticks=5, ticksuffix="×", title_text="time per epoch, of dense",
                               showline=True, ticks="outside")  # fmt: skip


def _row(place: int, speed: Speed) -> go.Scatter:
    series, times = speed.cell.series, speed.times
    bars = figures.errors([times], 1, series.colour) if times.interval else None
    name = figures.text(series.label)
    return go.Scatter(
        x=[times.mean], y=[place], mode="markers", name=name, error_x=bars and bars | {"thickness": 2.5, "width": 0},
        marker={"symbol": series.marker, "size": 10, "color": series.colour},
        hovertext=[f"{name}, {level(speed.cell.level)} sparse<br>{multiple(times)} (n = {times.n})"],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _write(figure: go.Figure, place: int, speed: Speed, name: str, most: float) -> None:
    """The name above the row, the value right of its interval, but no further right than `most`."""
    figure.add_annotation(
        text=name, x=0, xref="paper", xanchor="left", y=place, yshift=9, yanchor="bottom", align="left",
        showarrow=False, bgcolor=palette.PAGE, borderpad=0,
        font={"family": figures.SANS, "size": 13, "color": speed.cell.series.colour, "weight": 600},
    )  # fmt: skip
    right = speed.times.mean if speed.times.high is None else speed.times.high
    figure.add_annotation(text=f"{speed.times.mean:.2f}×", x=min(right, most), y=place, xshift=9, xanchor="left",
                          showarrow=False, bgcolor=palette.PAGE, font={"size": 13, "color": palette.INK})  # fmt: skip


def multiple(times: Estimate) -> str:
    """A multiple with its interval, where seeds tell one.

    >>> multiple(Estimate(1, 0.974))
    '0.97'
    """
    return f"{times.mean:.2f}" + (f" ({times.low:.2f} to {times.high:.2f})" if times.interval else "")


def _range(speeds: tuple[Speed, ...]) -> tuple[float, float]:
    halves = [figures.half(speed.times, 1) for speed in speeds]
    low, high = figures.framed([1.0, *(speed.times.mean for speed in speeds)], [0.0, *halves], LEAST)
    return max(0.0, low), low + (high - low) / (1 - VALUE_ROOM)


def _anchor(share: float) -> str:
    """Which side of a word stands at this share of the axis, so that it stays inside."""
    return "left" if share < 0.25 else "right" if share > 0.75 else "center"
