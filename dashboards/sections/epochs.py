"""Time per epoch, and whether sparsity saved any."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards import figures, formats, simulated
from dashboards.epochs import Epoch, epochs
from dashboards.facets import faceted
from dashboards.formats import level
from dashboards.results import Results
from dashboards.sections.section import Section, Table
from dashboards.statistics import Estimate

COLUMNS = ("Method", "Sparsity", "Time per epoch [s]", "Interval [s]", "n", "Times the dense twin's", "Interval",
           "Zeros")  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """Every cell that has been timed."""

    epochs: tuple[Epoch, ...]
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    found = epochs(results)
    return Numbers(found, results.confidence) if found else None


def _text(numbers: Numbers) -> tuple[str, ...]:
    paired = [one for one in numbers.epochs if one.times and one.cell.sparsity > 0]
    series = dict.fromkeys(one.cell.series for one in paired)
    said = [_sentence([one for one in paired if one.cell.series == own]) for own in series]
    return (*said, simulated.SAID) if any(one.simulated for one in numbers.epochs) else tuple(said)


def _sentence(own: list[Epoch]) -> str:
    """One series: its time per epoch as a multiple of the twin's, over its sparsities."""
    ends = [f"{end(one.times.mean for one in own):.2f}" for end in (min, max)]
    span = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    zeros = "simulated sparsity" if any(one.simulated for one in own) else "no zeros multiplied"
    return f"An epoch of {own[0].cell.series.label} takes {span} times as long as its dense twin's ({zeros})."


def _draw(numbers: Numbers) -> go.Figure:
    figure, rows = faceted((one.cell.series for one in numbers.epochs), shared_xaxes="all")
    sparsest = max(one.cell.sparsity for one in numbers.epochs)
    for series in dict.fromkeys(one.cell.series for one in numbers.epochs):
        own = [one for one in numbers.epochs if one.cell.series == series]
        line = _level(own[0], 85 * (1 - sparsest)) if series.dense else _line(own)
        figure.add_trace(line, row=rows[series.workload], col=1)
    figures.over_density(figure, sparsest)
    figure.update_yaxes(rangemode="tozero", title_text="seconds per epoch")
    return figure.update_xaxes(title_text="prunable weights left (log scale)", row=len(rows))


def _level(one: Epoch, right: float) -> go.Scatter:
    series, name = one.cell.series, figures.text(one.cell.series.label)
    return go.Scatter(
        x=[108, right], y=[one.seconds.mean] * 2, mode="lines", name=name, legendgroup=name,
        line={"color": series.colour, "dash": series.dash, "width": 1.5},
        hovertemplate=f"{name}: {one.seconds.mean:.3g} s (n = {one.seconds.n})<extra></extra>",
    )  # fmt: skip


def _line(own: list[Epoch]) -> go.Scatter:
    """Open markers where zeros were multiplied."""
    series, name = own[0].cell.series, figures.text(own[0].cell.series.label)
    halves = [0.0 if one.seconds.high is None else one.seconds.high - one.seconds.mean for one in own]
    return go.Scatter(
        x=[100 * one.cell.density for one in own], y=[one.seconds.mean for one in own], mode="lines+markers",
        name=name, legendgroup=name, line={"color": series.colour, "dash": series.dash, "width": 1.5},
        marker={"symbol": [series.marker + ("-open" if one.simulated else "") for one in own], "size": 8},
        error_y={"type": "data", "array": halves, "color": series.colour, "thickness": 1.5, "width": 4},
        hovertext=[f"{name}, {level(one.cell.sparsity)} sparse<br>{one.seconds.mean:.3g} s (n = {one.seconds.n})"
                   for one in own],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.seconds.n for one in numbers.epochs)
    return (
        "Seconds in training steps, measuring left out, over all steps of the path, for as many steps as an epoch has: "
        f"mean over seeds ({n}) with its {level(numbers.confidence)} t-interval. Open markers: simulated sparsity, "
        "zeros were multiplied. Trials that ran side by side may have slowed each other; multiples of the twin are "
        "paired by seed."
    )


def _row(one: Epoch) -> tuple[str, ...]:
    zeros = "multiplied" if one.simulated else "none"
    return (
        one.cell.series.label, level(one.cell.sparsity), f"{one.seconds.mean:.3g}", _interval(one.seconds),
        str(one.seconds.n), f"{one.times.mean:.2f}" if one.times else formats.NONE, _interval(one.times), zeros,
    )  # fmt: skip


def _interval(one: Estimate | None) -> str:
    return formats.NONE if one is None or one.low is None else f"{one.low:.3g} to {one.high:.3g}"


SECTION = Section(
    name="epochs",
    title="Time per epoch",
    question="Does an epoch take less time where there are fewer weights?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=lambda numbers: (
        Table(
            "Time per epoch", COLUMNS, tuple(map(_row, numbers.epochs)), frozenset({"Method", "Zeros"}), grouped=True
        ),
    ),  # fmt: skip
)
