"""Safe and critical sparsity, series by series."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.draw import figures
from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.answer.critical import Critical
from dashboards.numbers.answer.limits import Limits, limits
from dashboards.numbers.answer.margins import Walk
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.sections.answer.sentences import critical_interval
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import WIDER, Unit, unit

ROW_HEIGHT = 52  # pixels of one series


@dataclass(frozen=True)
class Numbers:
    """The limits of every series that has pairs of two seeds or more."""

    limits: tuple[Limits, ...]
    unit: Unit
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    sparse = [cell for cell in cells(results) if not cell.series.dense]
    found = tuple(one for one in limits(sparse, results.margin, results.confidence) if one.last.fewest > 1)
    return Numbers(found, unit(results.outcome), results.confidence) if found else None


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
    density = 100 * (1 - (found.typical.at if found.typical else found.sparsest))
    figure.add_trace(go.Scatter(
        x=[density], y=[row], mode="markers",
        marker={"symbol": one.series.marker if found.typical else "arrow-right", "size": 11,
                "color": one.series.colour},
        error_x=_error_bar(found, density, one.series.colour),
        hovertemplate=f"{name}<br>critical sparsity {_where(found)}<extra></extra>",
    ))  # fmt: skip


def _error_bar(found: Critical, density: float, colour: str) -> dict[str, object] | None:
    if found.interval is None:
        return None
    low, high = found.interval
    return {"type": "data", "symmetric": False, "color": colour, "array": [100 * (1 - low) - density],
            "arrayminus": [density - 100 * (1 - high)]}  # fmt: skip


def _where(found: Critical) -> str:
    return level(round(found.typical.at, 4)) if found.typical else f"beyond {level(found.sparsest)}"


def _caption(numbers: Numbers) -> str:
    limit = numbers.unit.limit
    stays = "lower bound of the mean difference to the dense twin stays above"
    if not numbers.unit.outcome.more_is_better:
        stays = "upper bound of the mean difference to the dense twin stays below"
    return (
        "Bars: safe sparsity, the last level, walking from dense to sparse, at which the one-sided "
        f"{level(numbers.confidence)} {stays} "
        f"{limit}; n is the least of all levels on the way. Markers: critical sparsity, "
        f"where the difference reaches {limit}: per seed by isotonic regression, "
        "interpolated over log density between two levels, then the mean over seeds. Nothing between levels was tried, "
        f"so its interval runs from the lower {level(numbers.confidence)} t-limit of the seeds' last levels before to "
        "the upper one of their first levels after. The median stands where a seed never loses that much; an arrow "
        "where it lies beyond the sparsest level."
    )


def _row(one: Limits, words: Unit) -> tuple[str, ...]:
    failed, found = one.last.failed, one.critical
    there = words.raw(failed.gain) if failed else None
    return (
        one.series.label,
        _safe_level(one.last),
        _judged(one.last),
        level(failed.cell.level) if failed else formats.NONE,
        words.difference(there.mean if there else None),
        words.ends(there),
        words.ends(there.over_examples if there else None),
        words.value(failed.cell.twins if failed else None),
        _where(found),
        critical_interval(found),
        f"{level(found.typical.denser)} and {level(found.typical.sparser)}" if found.typical else formats.NONE,
        f"{found.crossed} of {len(found.by_seed)}",
        str(one.last.fewest),
        _safe_level(one.best) if one.best else formats.NONE,
    )


def _safe_level(one: Walk) -> str:
    if not one.enough:
        return "no verdict"
    return level(one.safe.level) if one.safe else "no level"


def _judged(one: Walk) -> str:
    """What the verdict rests on: on seeds alone if it does so at any level."""
    if not one.enough:
        return formats.NONE
    return "seeds alone" if one.over_seeds_alone else "seeds and examples"


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = ("Method", "Safe up to", "Judged over", "First not safe", "Difference there",
               f"Interval [{numbers.unit.name}]", WIDER, "Its twin", "Critical sparsity", "Interval", "Between levels",
               "Seeds that lose the margin", "n", "Safe at best checkpoint")  # fmt: skip
    rows = tuple(_row(one, numbers.unit) for one in numbers.limits)
    found = Table("Safe and critical sparsity", columns, rows, frozenset({"Method", "Judged over"}), grouped=True)
    return (without_empty(found, {WIDER}),)


SECTION = Section(
    name="limits",
    title="Safe and critical sparsity",
    question="How far can each method go before it costs more than the margin?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
