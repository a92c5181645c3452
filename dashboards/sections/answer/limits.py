"""Safe and critical sparsity, series by series."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.draw import figures
from dashboards.draw.section import Section, one_table
from dashboards.numbers.answer.limits import Limits, limits
from dashboards.numbers.answer.margins import Walk
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.sections.answer.sentences import critical_interval
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import WIDER

ROW_HEIGHT = 52  # pixels of one series
COLUMNS = ("Method", "Safe up to", "Judged over", "First not safe", "Difference there", "Interval [pp]", WIDER,
           "Its twin", "Critical sparsity", "Interval", "Between levels", "Seeds that lose the margin", "n",
           "Safe at best checkpoint")  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """The limits of every series that has pairs of two seeds or more."""

    limits: tuple[Limits, ...]
    margin: float
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    sparse = [cell for cell in cells(results) if not cell.series.dense]
    found = tuple(one for one in limits(sparse, results.margin, results.confidence) if one.last.fewest > 1)
    return Numbers(found, results.margin, results.confidence) if found else None


def _draw(numbers: Numbers) -> go.Figure:
    figure = go.Figure()
    for row, one in enumerate(numbers.limits):
        _safe(figure, one, row)
        _critical(figure, one, row)
    figures.styled(figure, 100 + ROW_HEIGHT * len(numbers.limits))
    figures.name_lines(figure, [one.series.label for one in numbers.limits])
    figures.over_density(figure, max(one.critical.sparsest for one in numbers.limits))
    figure.update_xaxes(title_text="prunable weights left (log scale)")
    return figure.update_layout(showlegend=False, margin={"t": 24})


def _safe(figure: go.Figure, one: Limits, row: int) -> None:
    """A bar from the dense network to the last safe level, where there are seeds enough to say so."""
    if not one.last.enough or one.last.safe is None:
        return
    name = figures.text(one.series.label)
    figure.add_trace(go.Scatter(
        x=[100, 100 * one.last.safe.density], y=[row] * 2, mode="lines",
        line={"width": 9, "color": figures.translucent(one.series.colour, 0.45)},
        hovertemplate=f"{name}<br>safe up to {level(one.last.safe.sparsity)} sparsity<extra></extra>",
    ))  # fmt: skip


def _critical(figure: go.Figure, one: Limits, row: int) -> None:
    """A marker at the critical sparsity with its interval; an arrow at the sparsest level where it lies beyond."""
    name, found = figures.text(one.series.label), one.critical
    density = 100 * (1 - (found.sparsest if found.typical is None else found.typical))
    low, high = found.interval or (None, None)
    bars = {"array": [100 * (1 - low) - density], "arrayminus": [density - 100 * (1 - high)]} if low is not None else {}
    figure.add_trace(go.Scatter(
        x=[density], y=[row], mode="markers",
        marker={"symbol": "arrow-right" if found.typical is None else one.series.marker, "size": 11,
                "color": one.series.colour},
        error_x={"type": "data", "symmetric": False, "color": one.series.colour, **bars} if bars else None,
        hovertemplate=f"{name}<br>critical sparsity {_where(one)}<extra></extra>",
    ))  # fmt: skip


def _where(one: Limits) -> str:
    found = one.critical
    return f"beyond {level(found.sparsest)}" if found.typical is None else level(round(found.typical, 4))


def _caption(numbers: Numbers) -> str:
    return (
        "Bars: safe sparsity, the last level, walking from dense to sparse, at which the one-sided "
        f"{level(numbers.confidence)} lower bound of the mean difference to the dense twin stays above "
        f"−{formats.margin(numbers.margin)}; n is the least of all levels on the way. Markers: critical sparsity, "
        f"where the difference reaches −{formats.margin(numbers.margin)}: per seed by isotonic regression, "
        "interpolated over log density between two levels, then the mean over seeds. Nothing between levels was tried, "
        f"so its interval runs from the lower {level(numbers.confidence)} t-limit of the seeds' last levels before to "
        "the upper one of their first levels after. The median stands where a seed never loses that much; an arrow "
        "where it lies beyond the sparsest level."
    )


def _row(one: Limits) -> tuple[str, ...]:
    unsafe, found = one.last.unsafe, one.critical
    return (
        one.series.label,
        _safe_level(one.last),
        _judged(one.last),
        level(unsafe.sparsity) if unsafe else formats.NONE,
        formats.points(unsafe.difference.mean) if unsafe else formats.NONE,
        formats.points_interval(unsafe.difference if unsafe else None),
        formats.points_interval(unsafe.difference.over_examples if unsafe else None),
        formats.percent(unsafe.twins if unsafe else None),
        _where(one),
        critical_interval(found) if found.interval else formats.NONE,
        " and ".join(map(level, found.between)) if found.between else formats.NONE,
        f"{found.crossed} of {len(found.by_seed)}",
        str(one.last.fewest),
        _safe_level(one.best) if one.best else formats.NONE,
    )


def _safe_level(one: Walk) -> str:
    if not one.enough:
        return "no verdict"
    return level(one.safe.sparsity) if one.safe else "no level"


def _judged(one: Walk) -> str:
    """What the verdict rests on: on seeds alone if it does so at any level."""
    if not one.enough:
        return formats.NONE
    return "seeds alone" if one.over_seeds_alone else "seeds and examples"


SECTION = Section(
    name="limits",
    title="Safe and critical sparsity",
    question="How far can each method go before it costs more than the margin?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=one_table(
        "Safe and critical sparsity",
        COLUMNS,
        {"Method", "Judged over"},
        lambda numbers: map(_row, numbers.limits),
        {WIDER},
    ),  # fmt: skip
)
