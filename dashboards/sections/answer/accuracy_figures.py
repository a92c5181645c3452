"""What networks are judged by against the share of weights left: the figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import density_lines, direct_labels, figures, safe_strip
from dashboards.draw.density_lines import Point
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.section import Drawing
from dashboards.numbers.answer.limits import Limits
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.factors.networks import methods, networks
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats
from dashboards.words.units import Unit

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
    def networks(self) -> tuple[tuple[str, Numbers], ...]:
        """The numbers of each network, under its name; they share the axis of x."""
        called = networks(self.series)
        return tuple(
            (name, replace(
                self,
                dense=tuple((cell, value) for cell, value in self.dense if cell.series.workload == network),
                sparse=tuple((cell, value) for cell, value in self.sparse if cell.series.workload == network),
                limits=tuple(limit for limit in self.limits if limit.series.workload == network),
            )) for network, name in called.items()
        )  # fmt: skip

    @property
    def reference(self) -> float | None:
        """What the first dense network reaches, as it is shown; None where there is none."""
        return self.unit.scale * self.dense[0][1].mean if self.dense else None


def draw(numbers: Numbers) -> go.Figure | None:
    """None where there are several networks: then each has a figure of its own, see drawings."""
    return _panels(numbers) if len(numbers.networks) == 1 else None


def _panels(numbers: Numbers) -> go.Figure:
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
    name = methods(numbers.series)[series.how]
    if not low <= end <= high:
        name = formats.unbroken(f"{name}: {numbers.unit.value(value.mean)}")
    if all(estimate.n == 1 for _, estimate in numbers.line(series)):
        name = formats.unbroken(f"{name}, n = 1")
    return LineEnd(name, series.colour, PANEL * min(max((end - low) / (high - low), 0.0), 1.0))


def _points(line: list[Reached], words: Unit) -> list[Point]:
    name = figures.text(line[0][0].series.label)
    return [
        Point(100 * cell.density, value, f"{name}, {formats.level(cell.sparsity)} sparse<br>{words.value(value.mean)}")
        for cell, value in line
    ]


def drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """Of several networks each; then one method at a time, the others pale, over the whole range."""
    parts = numbers.networks
    panels = [Drawing(_panels(part), f"network-{place}", name) for place, (name, part) in enumerate(parts, 1)]
    return (*(panels if len(parts) > 1 else ()), *_smalls(numbers))


def _smalls(numbers: Numbers) -> tuple[Drawing, ...]:
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
