"""Bits per character of language models against the share of weights left."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import figures, formats
from dashboards.formats import bits, ends, more_bits, percent
from dashboards.language import TextCell, language
from dashboards.results import Results
from dashboards.sections.section import Section, one_table
from dashboards.statistics import Estimate

COLUMNS = ("Method", "Weights left", "Asked for", "Bits per character", "Interval", "n", "Single seeds")


@dataclass(frozen=True)
class Numbers:
    """What the figure draws: levels of dense networks, and lines of all others."""

    dense: tuple[TextCell, ...]
    sparse: tuple[TextCell, ...]
    margin: float
    confidence: float

    @property
    def pairs(self) -> tuple[TextCell, ...]:
        """Those that have a dense twin."""
        return tuple(cell for cell in self.sparse if cell.to_dense)


def _summarize(results: Results) -> Numbers | None:
    found = [cell for cell in language(results) if cell.bits]
    sparse = tuple(cell for cell in found if not cell.series.dense)
    dense = tuple(cell for cell in found if cell.series.dense)
    return Numbers(dense, sparse, results.bits_margin, results.confidence) if sparse else None


def _draw(numbers: Numbers) -> go.Figure:
    rows = 2 if numbers.pairs else 1
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.07, row_heights=[0.6, 0.4][:rows])
    right, left = min(100 * cell.density for cell in numbers.sparse) * 0.85, 108
    for cell in numbers.dense:
        _level(figure, cell, left, right)
    for series in dict.fromkeys(cell.series for cell in numbers.sparse):
        line = [cell for cell in numbers.sparse if cell.series == series]
        _line(figure, line, [cell.bits for cell in line], 1)
        _seeds(figure, line)
        if pairs := [cell for cell in line if cell.to_dense]:
            _line(figure, pairs, [cell.to_dense for cell in pairs], 2)
    figures.styled(figure, 420 + 240 * (rows - 1))
    figures.over_density(figure, max(cell.sparsity for cell in numbers.sparse))
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(title_text="bits per character", row=1, col=1)
    if numbers.pairs:
        figure.add_trace(go.Scatter(
            x=[left, right], y=[numbers.margin] * 2, mode="lines", name="margin", hoverinfo="skip",
            line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"}), row=2, col=1)  # fmt: skip
        figure.update_yaxes(title_text="more than dense", zeroline=True, zerolinecolor=figures.NEUTRAL, row=2, col=1)
    return figure


def _level(figure: go.Figure, cell: TextCell, left: float, right: float) -> None:
    name = figures.text(cell.series.label)
    if cell.bits.low is not None:
        level = [(left, cell.bits), (right, cell.bits)]
        figure.add_trace(figures.band(level, 1, cell.series.colour, name), row=1, col=1)
    figure.add_trace(go.Scatter(
        x=[left, right], y=[cell.bits.mean] * 2, mode="lines", name=name, legendgroup=name,
        line={"color": cell.series.colour, "dash": cell.series.dash, "width": 1.5},
        hovertemplate=f"{name}: {bits(cell.bits.mean)} (n = {cell.bits.n})<extra></extra>",
    ), row=1, col=1)  # fmt: skip


def _line(figure: go.Figure, line: list[TextCell], estimates: list[Estimate], row: int) -> None:
    series, name = line[0].series, figures.text(line[0].series.label)
    places = [100 * cell.density for cell in line]
    wide = [(x, one) for x, one in zip(places, estimates) if one.low is not None]
    if wide:
        figure.add_trace(figures.band(wide, 1, series.colour, name), row=row, col=1)
    words = bits if row == 1 else more_bits
    alone = row == 1 and any(one.n == 1 for one in estimates)
    figure.add_trace(go.Scatter(
        x=places, y=[one.mean for one in estimates], mode="lines+markers+text" if alone else "lines+markers",
        text=["n = 1" if one.n == 1 else "" for one in estimates] if alone else None, textposition="top center",
        name=name, legendgroup=name, showlegend=row == 1,
        line={"color": series.colour, "dash": series.dash, "width": 2}, marker={"symbol": series.marker, "size": 7},
        hovertext=[f"{name}, to {formats.level(cell.level)}<br>{percent(cell.sparsity)} removed: {words(one.mean)} "
                   f"(n = {one.n})" for cell, one in zip(line, estimates)],
        hovertemplate="%{hovertext}<extra></extra>",
    ), row=row, col=1)  # fmt: skip


def _seeds(figure: go.Figure, line: list[TextCell]) -> None:
    series, name = line[0].series, figures.text(line[0].series.label)
    points = [(100 * cell.density, value) for cell in line for value in cell.by_seed.values()]
    figure.add_trace(go.Scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="markers", hoverinfo="skip", name=name,
        legendgroup=name, showlegend=False,
        marker={"color": figures.translucent(series.colour, 0.35), "symbol": series.marker, "size": 4},
    ), row=1, col=1)  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(cell.bits.n for cell in numbers.sparse)
    splits = formats.listed(sorted({cell.split for cell in numbers.sparse}))
    level = ", the grey band is the dense network" if numbers.dense else ""
    lower = (" Below: the difference to the dense twin, paired by seed; the dotted line is the margin of "
             f"{numbers.margin:g} bits." if numbers.pairs else "")  # fmt: skip
    return (
        f"Bits per character of the {splits} split at the last step, fewer are better: mean over seeds ({n}) with its "
        f"{formats.level(numbers.confidence)} t-interval, against the weights that are not zero then, whatever was "
        f"asked for; faint points are single seeds{level}.{lower}"
    )


def _row(cell: TextCell) -> tuple[str, ...]:
    return (cell.series.label, percent(cell.density), formats.level(round(1 - cell.level, 12)), bits(cell.bits.mean),
            ends(cell.bits, bits), str(cell.bits.n), "; ".join(map(bits, cell.by_seed.values())))  # fmt: skip


SECTION = Section(
    name="bits",
    title="Bits per character against density",
    question="How many more bits does each character take as weights go?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=one_table("Bits per character by weights left", COLUMNS, {"Method"},
                     lambda numbers: map(_row, (*numbers.dense, *numbers.sparse))),  # fmt: skip
)
