"""The measured figure over sparsity: each method's time per epoch at all its levels, of the dense network's."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboards.draw import density_lines, figures, legends
from dashboards.draw.axes import log_axis
from dashboards.draw.density_lines import Point
from dashboards.draw.direct_labels import short_names
from dashboards.draw.section import Drawing
from dashboards.numbers.cost.costs import CellCost
from dashboards.read.series import Series
from dashboards.sections.cost.numbers import Numbers
from dashboards.statistics.estimates import Estimate
from dashboards.words.formats import level

HEIGHT = 400  # pixels
Timed = tuple[CellCost, Estimate]  # a level, and its time as a multiple of the dense twin's


def drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """None where no method has two timed levels."""
    lines = timed(numbers.costs)
    if not lines:
        return ()
    note = "Time per epoch as a multiple of the dense network's; a ring is a network whose zeros were multiplied"
    return (Drawing(draw(lines), "over-sparsity", "What sparsity saves here", note, kind="measured"),)


def timed(costs: Sequence[CellCost]) -> dict[Series, list[Timed]]:
    """The timed levels of each series that has two or more, from dense to sparse."""
    lines: dict[Series, list[Timed]] = {}
    for cost in costs:
        if cost.epoch and cost.epoch.times and cost.cell.level > 0:
            lines.setdefault(cost.cell.series, []).append((cost, cost.epoch.times))
    return {series: points for series, points in lines.items() if len(points) > 1}


def draw(lines: dict[Series, list[Timed]]) -> go.Figure:
    """A line for each series; rings mark simulated sparsity."""
    figure = go.Figure().set_subplots(1, 1)
    figure.add_hline(1, line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"})
    names = short_names([series.label for series in lines])
    for name, (series, points) in zip(names, lines.items(), strict=True):
        density_lines.line(figure, series, [_point(series, *point) for point in points], 1.0)
        line = figure.data[-1]
        line.name = figures.text(name)
        line.marker.symbol = [series.marker + ("-open" if cost.simulated else "") for cost, _ in points]
        line.marker.line = {"width": 1.6, "color": series.colour}
    timed_cells = [point for points in lines.values() for point in points]
    figures.styled(figure, HEIGHT)
    figures.over_density(figure, max(cost.cell.sparsity for cost, _ in timed_cells))
    figure.update_xaxes(title_text="weights left, log scale", showline=True, ticks="outside")
    multiples = log_axis([1.0, *(times.mean for _, times in timed_cells)], "{:g}×".format)
    figure.update_yaxes(title_text="time per epoch, of dense (log scale)", **multiples)
    return legends.above(figure, names, titles=12)


def _point(series: Series, cost: CellCost, times: Estimate) -> Point:
    part = "" if cost.left_out == 1 else " in part"
    zeros = "" if cost.left_out is None else ", zeros multiplied" if cost.simulated else f", zeros left out{part}"
    words = f"{figures.text(series.label)}, {level(cost.cell.level)} sparse<br>{times.mean:.2f}×{zeros}"
    return Point(100 * cost.cell.density, times, words)
