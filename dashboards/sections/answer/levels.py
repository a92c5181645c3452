"""What networks are judged by against the share of weights left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import density_lines, figures
from dashboards.draw.density_lines import Point
from dashboards.draw.section import Heading, Section, Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats
from dashboards.words.units import Unit, unit

Reached = tuple[Cell, Estimate]  # and its value


@dataclass(frozen=True)
class Numbers:
    """What the figure draws: levels of dense networks, and lines of all others."""

    dense: tuple[Reached, ...]
    sparse: tuple[Reached, ...]
    unit: Unit
    confidence: float

    @property
    def splits(self) -> str:
        """Whose values these are."""
        return formats.listed(sorted({cell.split for cell, _ in self.sparse}))

    @property
    def sign(self) -> int:
        """Of a difference by which a network is worse than its twin."""
        return -1 if self.unit.outcome.more_is_better else 1


def _summarize(results: Results) -> Numbers | None:
    found = [(cell, cell.value) for cell in cells(results) if cell.value]
    sparse = tuple((cell, value) for cell, value in found if not cell.series.dense)
    dense = tuple((cell, value) for cell, value in found if cell.series.dense)
    return Numbers(dense, sparse, unit(results.outcome), results.confidence) if sparse else None


def _draw(numbers: Numbers) -> go.Figure:
    paired, words = any(cell.to_dense for cell, _ in numbers.sparse), numbers.unit
    rows = 2 if paired else 1
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.07, row_heights=[0.6, 0.4][:rows])
    ends = 108, min(100 * cell.density for cell, _ in numbers.sparse) * 0.85
    for cell, value in numbers.dense:
        density_lines.level(figure, cell.series, value, ends, words.scale, words.value(value.mean))
    for series in dict.fromkeys(cell.series for cell, _ in numbers.sparse):
        line = [(cell, value) for cell, value in numbers.sparse if cell.series == series]
        density_lines.line(figure, series, _points(line, words.value), words.scale, row=1)
        density_lines.seeds(figure, series, [(100 * cell.density, cell.by_seed) for cell, _ in line], words.scale)
        if pairs := [(cell, difference) for cell, _ in line if (difference := cell.to_dense)]:
            density_lines.line(figure, series, _points(pairs, words.difference), words.scale, row=2)
    figures.styled(figure, 420 + 240 * (rows - 1))
    figures.over_density(figure, max(cell.sparsity for cell, _ in numbers.sparse))
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(title_text=words.axis, ticksuffix=words.suffix or None, row=1, col=1)
    if paired:
        _close_up(figure, numbers, ends)
    return figure


def _close_up(figure: go.Figure, numbers: Numbers, ends: tuple[float, float]) -> None:
    """The second panel shows the small losses; the first shows how far the others fall."""
    words, sign = numbers.unit, numbers.sign
    margin, depth = words.scale * numbers.unit.margin, words.scale * _depth(numbers)
    density_lines.margin(figure, ends, sign * margin)
    extent = sorted((sign * depth, -sign * 0.4 * depth))
    figure.update_yaxes(title_text=f"difference [{words.name}]", range=extent, row=2, col=1)
    figure.update_yaxes(zeroline=True, zerolinecolor=figures.NEUTRAL, row=2, col=1)


def _depth(numbers: Numbers) -> float:
    """The largest loss that the second panel shows: five margins, or two levels of the series that loses least."""
    losses: dict[Series, list[float]] = {}
    for cell, _ in numbers.sparse:
        if cell.to_dense and cell.gain:
            losses.setdefault(cell.series, []).append(-cell.gain.mean)
    return max(5 * numbers.unit.margin, 1.1 * min(sorted(line)[:2][-1] for line in losses.values()))


def _points(line: list[Reached], words: Callable[[float], str]) -> list[Point]:
    name = figures.text(line[0][0].series.label)
    return [
        Point(100 * cell.density, one, f"{name}, {formats.level(cell.sparsity)} sparse<br>{words(one.mean)}")
        for cell, one in line
    ]


def _caption(numbers: Numbers) -> str:
    words, more = numbers.unit, numbers.unit.outcome.more_is_better
    n = formats.seeds(value.n for _, value in numbers.sparse)
    intervals = formats.with_interval([value for _, value in numbers.sparse], numbers.confidence)
    level = density_lines.level_in_words([value for _, value in numbers.dense])
    lower = ""
    if any(cell.to_dense for cell, _ in numbers.sparse):
        lower = (
            f" Below: the difference to the dense twin, paired by seed, cut off at {'a loss' if more else 'an excess'} "
            f"of {words.difference(_depth(numbers)).lstrip('+')}; the dotted line is the margin of "
            f"{words.allowed}."
        )
    return (
        f"{formats.capital(words.on(numbers.splits))} at the last step{'' if more else ', less is better'}: mean over "
        f"seeds ({n}){intervals}; faint points are single seeds{level}.{lower}"
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
    return (Table(f"{words.heading} by weights left", columns, rows, frozenset({"Method"}), grouped=True),)


def _heading(numbers: Numbers) -> Heading:
    noun, metric = numbers.unit.noun, numbers.unit.outcome.metric
    more = numbers.unit.outcome.more_is_better
    question = f"How much {noun} is left as weights go?" if more else f"What becomes of {noun} as weights go?"
    return Heading(metric, f"{formats.capital(noun)} against density", question)


SECTION = Section(
    name="levels",
    title="Outcome against density",
    question="How much of it is left as weights go?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=_tables,
    heading=_heading,
)
