"""Test accuracy against the share of weights left."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import figures, formats
from dashboards.cells import Cell, cells
from dashboards.results import Results
from dashboards.sections.section import Section, Table
from dashboards.series import Series
from dashboards.statistics import Estimate


@dataclass(frozen=True)
class Numbers:
    """What the figure draws: levels of dense networks, and lines of all others."""

    dense: tuple[Cell, ...]
    sparse: tuple[Cell, ...]
    margin: float
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    found = [cell for cell in cells(results) if cell.accuracy]
    sparse = tuple(cell for cell in found if not cell.series.dense)
    dense = tuple(cell for cell in found if cell.series.dense)
    return Numbers(dense, sparse, results.margin, results.confidence) if sparse else None


def _draw(numbers: Numbers) -> go.Figure:
    paired = any(_to_dense(cell) for cell in numbers.sparse)
    rows = 2 if paired else 1
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.07, row_heights=[0.6, 0.4][:rows])
    right, left = min(100 * cell.density for cell in numbers.sparse) * 0.85, 108
    for cell in numbers.dense:
        _level(figure, cell, left, right)
    for series in dict.fromkeys(cell.series for cell in numbers.sparse):
        line = [cell for cell in numbers.sparse if cell.series == series]
        _line(figure, line, 1, [cell.accuracy for cell in line])
        _seeds(figure, line)
        if pairs := [cell for cell in line if _to_dense(cell)]:
            _line(figure, pairs, 2, [_to_dense(cell) for cell in pairs], legend=False)
    figures.styled(figure, 420 + 240 * (rows - 1))
    figures.over_density(figure, max(cell.sparsity for cell in numbers.sparse))
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(title_text="test accuracy", ticksuffix=" %", row=1, col=1)
    if paired:
        _close_up(figure, numbers, left, right)
    return figure


def _to_dense(cell: Cell) -> Estimate | None:
    """The difference to the dense twin; a control has none."""
    return None if cell.series.control else cell.difference


def _close_up(figure: go.Figure, numbers: Numbers, left: float, right: float) -> None:
    """The second panel shows the small losses; the first shows how far the others fall."""
    margin, depth = 100 * numbers.margin, 100 * _depth(numbers)
    figure.add_trace(
        go.Scatter(x=[left, right], y=[-margin, -margin], mode="lines", name="margin", hoverinfo="skip",
                   line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"}), row=2, col=1)  # fmt: skip
    figure.update_yaxes(title_text="difference [pp]", range=[-depth, 0.4 * depth], row=2, col=1)
    figure.update_yaxes(zeroline=True, zerolinecolor=figures.NEUTRAL, row=2, col=1)


def _depth(numbers: Numbers) -> float:
    """The largest loss that the second panel shows: five margins, or two levels of the series that loses least."""
    losses: dict[Series, list[float]] = {}
    for cell in numbers.sparse:
        if difference := _to_dense(cell):
            losses.setdefault(cell.series, []).append(-difference.mean)
    return max(5 * numbers.margin, 1.1 * min(sorted(line)[:2][-1] for line in losses.values()))


def _level(figure: go.Figure, cell: Cell, left: float, right: float) -> None:
    estimate, name = cell.accuracy, figures.text(cell.series.label)
    if estimate.low is not None:
        ends = [(left, estimate), (right, estimate)]
        figure.add_trace(figures.band(ends, 100, cell.series.colour, name), row=1, col=1)
    figure.add_trace(go.Scatter(
        x=[left, right], y=[100 * estimate.mean] * 2, mode="lines", name=name, legendgroup=name,
        line={"color": cell.series.colour, "dash": cell.series.dash, "width": 1.5},
        hovertemplate=f"{name}: {formats.percent(estimate.mean)} (n = {estimate.n})<extra></extra>",
    ), row=1, col=1)  # fmt: skip


def _line(figure: go.Figure, line: list[Cell], row: int, estimates: list[Estimate], legend: bool = True) -> None:
    series, name = line[0].series, figures.text(line[0].series.label)
    densities = [100 * cell.density for cell in line]
    wide = [(x, one) for x, one in zip(densities, estimates) if one.low is not None]
    if wide:
        figure.add_trace(figures.band(wide, 100, series.colour, name), row=row, col=1)
    unit = formats.percent if row == 1 else formats.points
    hover = [f"{name}, {formats.level(cell.sparsity)} sparse<br>{unit(one.mean)} (n = {one.n})"
             for cell, one in zip(line, estimates)]  # fmt: skip
    single = row == 1 and any(one.n == 1 for one in estimates)
    figure.add_trace(go.Scatter(
        x=densities, y=[100 * one.mean for one in estimates], mode="lines+markers+text" if single else "lines+markers",
        text=["n = 1" if one.n == 1 else "" for one in estimates] if single else None, textposition="top center",
        name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 2}, marker={"symbol": series.marker, "size": 7},
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    ), row=row, col=1)  # fmt: skip


def _seeds(figure: go.Figure, line: list[Cell]) -> None:
    series, name = line[0].series, figures.text(line[0].series.label)
    points = [(100 * cell.density, 100 * value) for cell in line for value in cell.by_seed.values()]
    figure.add_trace(go.Scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="markers", hoverinfo="skip", name=name,
        legendgroup=name, showlegend=False,
        marker={"color": figures.translucent(series.colour, 0.35), "symbol": series.marker, "size": 4},
    ), row=1, col=1)  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(cell.accuracy.n for cell in numbers.sparse)
    level = ", the grey band is the dense network" if numbers.dense else ""
    lower = ""
    if any(_to_dense(cell) for cell in numbers.sparse):
        lower = (
            " Below: the difference to the dense twin, paired by seed, cut off at a loss of "
            f"{formats.points(_depth(numbers)).lstrip('+')}; the dotted line is the margin of "
            f"{formats.margin(numbers.margin)}."
        )
    return (
        f"Test accuracy at the last step: mean over seeds ({n}) with its {formats.level(numbers.confidence)} "
        f"t-interval; faint points are single seeds{level}.{lower}"
    )


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    rows = tuple(
        (cell.series.label, formats.level(cell.density), formats.percent(cell.accuracy.mean),
         formats.interval(cell.accuracy),
         str(cell.accuracy.n), "; ".join(f"{100 * value:.2f}" for value in cell.by_seed.values()))
        for cell in (*numbers.dense, *numbers.sparse)
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
