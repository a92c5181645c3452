"""What networks are judged by against the share of weights left, with safe and critical sparsity below."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import density_lines, direct_labels, figures, safe_strip
from dashboards.draw.density_lines import Point
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.section import Drawing, Heading, Section, Table
from dashboards.numbers.answer.limits import Limits, limits
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.sections.answer.limits_table import limits_table
from dashboards.sections.answer.verdict_words import names
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats
from dashboards.words.units import Unit, unit

Reached = tuple[Cell, Estimate]  # and its value
PANEL, GAP, FOOT, HEAD = 330, 26, 48, 16  # pixels
SMALL = 190  # pixels of a small multiple
MOST_SMALLS = 12


@dataclass(frozen=True)
class Numbers:
    """Levels of dense networks, lines of sparse ones, and how far each can go; controls stand with their ladder."""

    dense: tuple[Reached, ...]
    sparse: tuple[Reached, ...]
    limits: tuple[Limits, ...]  # of series with pairs of two seeds or more
    unit: Unit
    confidence: float

    @property
    def splits(self) -> str:
        """Whose values these are."""
        return formats.listed(sorted({cell.split for cell, _ in self.sparse}))

    @property
    def series(self) -> tuple[Series, ...]:
        """The lines."""
        return tuple(dict.fromkeys(cell.series for cell, _ in self.sparse))

    def line(self, series: Series) -> list[Reached]:
        """Its cells, from dense to sparse."""
        return [(cell, value) for cell, value in self.sparse if cell.series == series]

    @property
    def ends(self) -> tuple[float, float]:
        """Of the axis of x, in percent of the weights left."""
        return 108, min(100 * cell.density for cell, _ in self.sparse) * 0.85

    @property
    def reference(self) -> float | None:
        """What the first dense network reaches, as it is shown; None where there is none."""
        return self.unit.scale * self.dense[0][1].mean if self.dense else None


def _summarize(results: Results) -> Numbers | None:
    valued = [(cell, cell.value) for cell in cells(results) if cell.value and not cell.series.control]
    sparse = tuple((cell, value) for cell, value in valued if not cell.series.dense)
    dense = tuple((cell, value) for cell, value in valued if cell.series.dense)
    reached = limits([cell for cell in cells(results) if not cell.series.dense], results.margin, results.confidence)
    paired = tuple(limit for limit in reached if limit.last.fewest > 1)
    return Numbers(dense, sparse, paired, unit(results.outcome), results.confidence) if sparse else None


def _finding(numbers: Numbers) -> str:
    judged = [limit for limit in numbers.limits if limit.last.enough]
    words, lost = numbers.unit, [limit for limit in judged if limit.critical.typical]
    if not judged:
        return f"{formats.capital(words.noun)} against weights left"
    if not lost:
        return f"No method loses {words.allowed} within the levels tried"
    last = max(lost, key=lambda limit: limit.critical.typical.at if limit.critical.typical else 0.0)
    beyond = [limit.series for limit in judged if not limit.critical.typical]
    if beyond:
        loses = "loses" if len(beyond) == 1 else "lose"
        return f"{names(beyond)} {loses} {words.allowed} only beyond the sparsest level tried, if at all"
    where = safe_strip.where(last.critical)
    if len(judged) == 1:
        return f"{last.series.label} loses {words.allowed} at about {where} sparsity"
    return f"{last.series.label} loses {words.allowed} last of all, at about {where} sparsity"


def _draw(numbers: Numbers) -> go.Figure:
    strip = safe_strip.ROW_HEIGHT * len(numbers.limits)
    rows, room = (2, PANEL + GAP + strip) if numbers.limits else (1, PANEL)
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=GAP / room,
        row_heights=[PANEL / (room - GAP), strip / (room - GAP)][:rows] if rows == 2 else None,
    )  # fmt: skip
    words = numbers.unit
    for cell, value in numbers.dense:
        density_lines.level(figure, cell.series, value, numbers.ends, words.scale, words.value(value.mean))
    for series in numbers.series:
        density_lines.line(figure, series, _points(numbers.line(series), words), words.scale)
    figures.styled(figure, room + HEAD + FOOT)
    figures.over_density(figure, max(cell.sparsity for cell, _ in numbers.sparse))
    figure.update_xaxes(title_text="weights left, log scale", row=rows, col=1)
    low, high = _frame(numbers)
    figure.update_yaxes(title_text=words.axis, ticksuffix=words.suffix or None, range=[low, high], row=1, col=1)
    if numbers.reference is not None:
        density_lines.margin(figure, numbers.ends, numbers.reference + _toward_worse(numbers, words.margin))
    if numbers.limits:
        safe_strip.add(figure, numbers.limits, 2, numbers.ends[1])
    figure.update_layout(margin={"t": HEAD, "b": FOOT})
    return direct_labels.add(figure, [_end(numbers, series, low, high) for series in numbers.series], PANEL)


def _toward_worse(numbers: Numbers, amount: float) -> float:
    sign = -1 if numbers.unit.outcome.more_is_better else 1
    return sign * numbers.unit.scale * amount


def _frame(numbers: Numbers) -> tuple[float, float]:
    """The range of y: all values but those of networks that have collapsed, which their labels tell."""
    scale, up = numbers.unit.scale, numbers.unit.outcome.more_is_better
    values = [scale * value.mean for _, value in (*numbers.dense, *numbers.sparse)]
    best = max(values) if up else min(values)
    worst = [(min if up else max)(scale * value.mean for _, value in numbers.line(series)) for series in numbers.series]
    nearest = min(abs(best - value) for value in worst)  # the depth of the series that loses least
    depth = max(1.3 * nearest, 6 * scale * numbers.unit.margin)
    shown = [value for value in values if abs(best - value) <= depth]
    edge = (min if up else max)(shown)
    air = 0.06 * max(abs(best - edge), 2 * scale * numbers.unit.margin)
    return (edge - 2 * air, best + 2 * air) if up else (best - 2 * air, edge + 2 * air)


def _end(numbers: Numbers, series: Series, low: float, high: float) -> LineEnd:
    """The name at the line's end; of a line that leaves the frame, with what it comes to."""
    cell, value = numbers.line(series)[-1]
    end = numbers.unit.scale * value.mean
    name = series.label if low <= end <= high else formats.unbroken(f"{series.label}: {numbers.unit.value(value.mean)}")
    return LineEnd(name, series.colour, PANEL * min(max((end - low) / (high - low), 0.0), 1.0))


def _points(line: list[Reached], words: Unit) -> list[Point]:
    name = figures.text(line[0][0].series.label)
    return [
        Point(100 * cell.density, value, f"{name}, {formats.level(cell.sparsity)} sparse<br>{words.value(value.mean)}")
        for cell, value in line
    ]


def _smalls(numbers: Numbers) -> tuple[Drawing, ...]:
    """One method at a time, the others pale, over the whole range."""
    if not 1 < len(numbers.series) <= MOST_SMALLS:
        return ()
    return tuple(Drawing(_small(numbers, series), f"one-{place}", series.label, _note(numbers, series), "small")
                 for place, series in enumerate(numbers.series, 1))  # fmt: skip


def _small(numbers: Numbers, series: Series) -> go.Figure:
    figure, scale = make_subplots(rows=1, cols=1), numbers.unit.scale
    for other in numbers.series:
        if other != series:
            density_lines.pale(
                figure, [(100 * cell.density, scale * value.mean) for cell, value in numbers.line(other)]
            )
    for cell, value in numbers.dense:
        density_lines.level(figure, cell.series, value, numbers.ends, scale, numbers.unit.value(value.mean))
    line = numbers.line(series)
    density_lines.seeds(figure, series, [(100 * cell.density, cell.by_seed) for cell, _ in line], scale)
    density_lines.line(figure, series, _points(line, numbers.unit), scale)
    figure.update_traces(marker_size=5, selector={"mode": "lines+markers"})
    figures.styled(figure, SMALL)
    figures.over_density(figure, max(cell.sparsity for cell, _ in numbers.sparse))
    figure.update_xaxes(tickvals=[100, 10, 1], ticktext=["100 %", "10 %", "1 %"])
    values = [scale * value for cell, _ in (*numbers.dense, *numbers.sparse) for value in cell.by_seed.values()]
    air = 0.05 * (max(values) - min(values) or 1)
    figure.update_yaxes(ticksuffix=numbers.unit.suffix or None, nticks=4, range=[min(values) - air, max(values) + air])
    return figure.update_layout(showlegend=False, margin={"l": 44, "r": 16, "t": 6, "b": 24})


def _note(numbers: Numbers, series: Series) -> str:
    limit = next((limit for limit in numbers.limits if limit.series == series), None)
    if limit is None or not limit.last.enough:
        return ""
    return (
        f"safe up to {formats.level(limit.last.safe.level)} sparsity" if limit.last.safe else "safe at no level tried"
    )


def _caption(numbers: Numbers) -> str:
    words = numbers.unit
    n = formats.seeds(value.n for _, value in numbers.sparse)
    wide = any(value.interval for _, value in numbers.sparse)
    bands = f", bands are {formats.level(numbers.confidence)} t-intervals" if wide else ""
    direction = "" if words.outcome.more_is_better else ", less is better"
    said = f"{formats.capital(words.on(numbers.splits))} at the last step{direction}: means over seeds ({n}){bands}."
    if numbers.dense:
        said += f" Grey: the dense network. Dotted: {words.allowed} worse."
    if numbers.limits:
        said += (" Below: a bar ends at the last safe level; the mark shows where the loss reaches the margin, with "
                 "its interval.")  # fmt: skip
    if len(numbers.series) > 1:
        said += " Small figures: one method each, dots are single seeds."
    return said


def _computed(numbers: Numbers) -> str:
    if not numbers.limits:
        return ""
    words, confidence = numbers.unit, formats.level(numbers.confidence)
    stays = "lower bound of the mean difference to the dense twin stays above"
    if not words.outcome.more_is_better:
        stays = "upper bound of the mean difference to the dense twin stays below"
    return (
        f"Safe sparsity is the last level, from dense to sparse, at which the one-sided {confidence} {stays} "
        f"{words.limit}. Critical sparsity is where the difference reaches {words.limit}: per seed by isotonic "
        "regression, interpolated over log density between two levels, then the mean over seeds. Between levels "
        f"nothing was tried, so its interval runs from the lower {confidence} t-limit of the seeds' last levels before "
        "it to the upper t-limit of their first levels after it. If a seed never loses that much, the median stands "
        "there; an arrow means beyond the sparsest level."
    )


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    rows = tuple(
        (cell.series.label, formats.level(cell.density), words.value(value.mean), words.value_ends(value),
         str(value.n), "; ".join(map(words.bare_value, cell.by_seed.values())))
        for cell, value in (*numbers.dense, *numbers.sparse)
    )  # fmt: skip
    columns = ("Method", "Weights left", words.heading, f"Interval{words.beside}", "n",
               f"Single seeds{words.beside}")  # fmt: skip
    values = Table(f"{words.heading} by weights left", columns, rows, frozenset({"Method"}), grouped=True)
    return (*([limits_table(numbers.limits, words)] if numbers.limits else []), values)


def _heading(numbers: Numbers) -> Heading:
    noun, metric = numbers.unit.noun, numbers.unit.outcome.metric
    more = numbers.unit.outcome.more_is_better
    question = f"How much {noun} is left as weights go?" if more else f"What becomes of {noun} as weights go?"
    return Heading(metric, formats.capital(noun), question)


SECTION = Section(
    name="accuracy",
    title="Outcome",
    question="How much of it is left as weights go?",
    summarize=_summarize,
    finding=_finding,
    draw=_draw,
    drawings=_smalls,
    caption=_caption,
    computed=_computed,
    tables=_tables,
    heading=_heading,
)
