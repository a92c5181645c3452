"""Test accuracy against the share of weights left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import density_lines, figures
from dashboards.draw.density_lines import Point
from dashboards.draw.section import Section, Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats

Reached = tuple[Cell, Estimate]  # and its accuracy


@dataclass(frozen=True)
class Numbers:
    """What the figure draws: levels of dense networks, and lines of all others."""

    dense: tuple[Reached, ...]
    sparse: tuple[Reached, ...]
    margin: float
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    found = [(cell, cell.accuracy) for cell in cells(results) if cell.accuracy]
    sparse = tuple((cell, accuracy) for cell, accuracy in found if not cell.series.dense)
    dense = tuple((cell, accuracy) for cell, accuracy in found if cell.series.dense)
    return Numbers(dense, sparse, results.margin, results.confidence) if sparse else None


def _draw(numbers: Numbers) -> go.Figure:
    paired = any(_to_dense(cell) for cell, _ in numbers.sparse)
    rows = 2 if paired else 1
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.07, row_heights=[0.6, 0.4][:rows])
    ends = 108, min(100 * cell.density for cell, _ in numbers.sparse) * 0.85
    for cell, accuracy in numbers.dense:
        density_lines.level(figure, cell.series, accuracy, ends, 100, formats.percent(accuracy.mean))
    for series in dict.fromkeys(cell.series for cell, _ in numbers.sparse):
        line = [(cell, accuracy) for cell, accuracy in numbers.sparse if cell.series == series]
        density_lines.line(figure, series, _points(line, formats.percent), 100, row=1)
        density_lines.seeds(figure, series, [(100 * cell.density, cell.by_seed) for cell, _ in line], 100)
        if pairs := [(cell, difference) for cell, _ in line if (difference := _to_dense(cell))]:
            density_lines.line(figure, series, _points(pairs, formats.points), 100, row=2)
    figures.styled(figure, 420 + 240 * (rows - 1))
    figures.over_density(figure, max(cell.sparsity for cell, _ in numbers.sparse))
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(title_text="test accuracy", ticksuffix=" %", row=1, col=1)
    if paired:
        _close_up(figure, numbers, ends)
    return figure


def _to_dense(cell: Cell) -> Estimate | None:
    """The difference to the dense twin; a control has none."""
    return None if cell.series.control else cell.difference


def _close_up(figure: go.Figure, numbers: Numbers, ends: tuple[float, float]) -> None:
    """The second panel shows the small losses; the first shows how far the others fall."""
    margin, depth = 100 * numbers.margin, 100 * _depth(numbers)
    density_lines.margin(figure, ends, -margin)
    figure.update_yaxes(title_text="difference [pp]", range=[-depth, 0.4 * depth], row=2, col=1)
    figure.update_yaxes(zeroline=True, zerolinecolor=figures.NEUTRAL, row=2, col=1)


def _depth(numbers: Numbers) -> float:
    """The largest loss that the second panel shows: five margins, or two levels of the series that loses least."""
    losses: dict[Series, list[float]] = {}
    for cell, _ in numbers.sparse:
        if difference := _to_dense(cell):
            losses.setdefault(cell.series, []).append(-difference.mean)
    return max(5 * numbers.margin, 1.1 * min(sorted(line)[:2][-1] for line in losses.values()))


def _points(line: list[tuple[Cell, Estimate]], words: Callable[[float], str]) -> list[Point]:
    name = figures.text(line[0][0].series.label)
    return [
        Point(100 * cell.density, one, f"{name}, {formats.level(cell.sparsity)} sparse<br>{words(one.mean)}")
        for cell, one in line
    ]


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(accuracy.n for _, accuracy in numbers.sparse)
    intervals = formats.with_interval([accuracy for _, accuracy in numbers.sparse], numbers.confidence)
    level = density_lines.level_in_words([accuracy for _, accuracy in numbers.dense])
    lower = ""
    if any(_to_dense(cell) for cell, _ in numbers.sparse):
        lower = (
            " Below: the difference to the dense twin, paired by seed, cut off at a loss of "
            f"{formats.points(_depth(numbers)).lstrip('+')}; the dotted line is the margin of "
            f"{formats.margin(numbers.margin)}."
        )
    return (
        f"Test accuracy at the last step: mean over seeds ({n}){intervals}; faint points are single seeds{level}."
        f"{lower}"
    )


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    rows = tuple(
        (cell.series.label, formats.level(cell.density), formats.percent(accuracy.mean), formats.interval(accuracy),
         str(accuracy.n), "; ".join(f"{100 * value:.2f}" for value in cell.by_seed.values()))
        for cell, accuracy in (*numbers.dense, *numbers.sparse)
    )  # fmt: skip
    columns = ("Method", "Weights left", "Test accuracy", "Interval [%]", "n", "Single seeds [%]")
    return (Table("Test accuracy by weights left", columns, rows, frozenset({"Method"}), grouped=True),)


SECTION = Section(
    name="accuracy",
    title="Accuracy against density",
    question="How much accuracy is left as weights go?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
