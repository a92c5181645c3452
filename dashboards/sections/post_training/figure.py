"""The difference to dense of networks pruned after training: over sparsity, and for N:M patterns in a panel apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import direct_labels, figures
from dashboards.draw.direct_labels import LineEnd
from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series
from dashboards.sections.post_training.numbers import Numbers
from dashboards.statistics.estimates import Estimate
from dashboards.words.units import Unit

PANEL = 280  # pixels: height of the panels
LEAST = 2.0  # margins that the axis of y spans, at least
APART = 0.015  # fraction of a density: shift between lines, so that their intervals don't overlap
WIDTH = 0.16  # of the figure's width, for each pattern; at most half in all
SPREAD = 0.6  # of the room of a pattern, over which its marks stand
Point = tuple[Cell, Estimate]  # and its difference to dense


@dataclass(frozen=True)
class MaskLine:
    """One criterion, with or without reconstruction: its levels, and its N:M patterns."""

    name: str
    look: Series  # the colour and the marker that both arms of a criterion share
    solved: bool
    points: tuple[Point, ...]

    @property
    def levels(self) -> tuple[Point, ...]:
        """From dense to sparse."""
        return tuple(point for point in self.points if not point[0].series.pattern)

    @property
    def marks(self) -> tuple[Point, ...]:
        """Those of patterns."""
        return tuple(point for point in self.points if point[0].series.pattern)

    @property
    def end(self) -> float:
        """The last difference of the levels; without levels of the patterns."""
        return (self.levels or self.marks)[-1][1].mean


def draw(numbers: Numbers) -> go.Figure | None:
    """None where no network has a dense twin. Patterns stand left, since names stand right of the lines."""
    lines = mask_lines(numbers)
    points = [point for line in lines for point in line.points]
    if not points:
        return None
    patterns = sorted({cell.series.pattern for cell, _ in points if cell.series.pattern})
    levels = [cell.sparsity for line in lines for cell, _ in line.levels]
    column = 2 if levels and patterns else 1
    width = min(0.5, WIDTH * len(patterns))
    figure = make_subplots(rows=1, cols=column, shared_yaxes=True, horizontal_spacing=0.04,
                           column_widths=[width, 1 - width] if column == 2 else None)  # fmt: skip
    for place, line in enumerate(lines):
        aside = (place + 0.5) / len(lines) - 0.5
        if line.levels:
            shift = 1 + APART * aside * len(lines)
            xs = [100 * cell.density * shift for cell, _ in line.levels]
            figure.add_trace(_trace(line, line.levels, xs, numbers.unit), row=1, col=column)
        if line.marks:
            at = [patterns.index(cell.series.pattern or "") + SPREAD * aside for cell, _ in line.marks]
            trace = _trace(line, line.marks, at, numbers.unit)
            figure.add_trace(trace.update(mode="markers", showlegend=not line.levels), row=1, col=1)
    low, high = figures.framed([0.0, *(numbers.unit.scale * one.mean for _, one in points)],
                               [0.0, *(figures.half(one, numbers.unit.scale) for _, one in points)],
                               LEAST * numbers.unit.scale * numbers.unit.margin)  # fmt: skip
    figures.styled(figure, PANEL + 80)
    if levels:
        figures.over_density(figure, max(levels))
        figure.update_xaxes(title_text="weights left (log scale)", row=1, col=column)
    if patterns:
        figure.update_xaxes(type="linear", range=[-0.5, len(patterns) - 0.5], tickvals=list(range(len(patterns))),
                            ticktext=patterns, title_text="N:M pattern", row=1, col=1)  # fmt: skip
    figure.update_yaxes(range=[low, high], nticks=6, zeroline=True, zerolinecolor=figures.NEUTRAL)
    figure.update_yaxes(title_text=f"difference to dense [{numbers.unit.name}]", row=1, col=1)
    ends = [LineEnd(line.name, line.look.colour, PANEL * (numbers.unit.scale * line.end - low) / (high - low))
            for line in lines]  # fmt: skip
    return direct_labels.add(figure, ends, PANEL)


def mask_lines(numbers: Numbers) -> tuple[MaskLine, ...]:
    """Every criterion, with and without reconstruction, where a network has a dense twin."""
    lines: dict[tuple[frozenset, bool], list[Point]] = {}
    looks: dict[frozenset, Series] = {}
    for one in numbers.found:
        for network in one.networks:
            looks.setdefault(one.criterion, network.cell.series)  # that of the first level, patterns come last
            if difference := network.cell.to_dense:
                lines.setdefault((one.criterion, network.reconstructed), []).append((network.cell, difference))
    return tuple(MaskLine(numbers.name(points[0][0]), looks[criterion], solved, tuple(points))
                 for (criterion, solved), points in lines.items())  # fmt: skip


def _trace(line: MaskLine, points: Sequence[Point], xs: list[float], words: Unit) -> go.Scatter:
    """Dashed and hollow with reconstruction."""
    name, look, solved = figures.text(line.name), line.look, line.solved
    return go.Scatter(
        x=xs, y=[words.scale * one.mean for _, one in points], mode="lines+markers", name=name, legendgroup=name,
        line={"color": look.colour, "dash": "dash" if solved else "solid", "width": 1.8},
        marker={"symbol": f"{look.marker}-open" if solved else look.marker, "size": 8, "color": look.colour,
                "line": {"width": 1.6 if solved else 0, "color": look.colour}},
        error_y=figures.errors([one for _, one in points], words.scale, look.colour),
        hovertext=[f"{figures.text(cell.series.label)}, {cell.at} sparse<br>{words.difference(one.mean)} (n = {one.n})"
                   for cell, one in points],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
