"""Bits per character of language models against the share of weights left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import density_lines, figures
from dashboards.draw.density_lines import Point
from dashboards.draw.section import Section, one_table
from dashboards.numbers.cells.language import TextCell, language
from dashboards.read.results import Results
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats
from dashboards.words.formats import bits, more_bits, percent

COLUMNS = ("Method", "Weights left", "Asked for", "Bits per character", "Interval", "n", "Single seeds")


Reached = tuple[TextCell, Estimate]  # and its bits


@dataclass(frozen=True)
class Numbers:
    """What the figure draws: levels of dense networks, and lines of all others."""

    dense: tuple[Reached, ...]
    sparse: tuple[Reached, ...]
    margin: float
    confidence: float

    @property
    def paired(self) -> bool:
        """Whether any has a dense twin."""
        return any(cell.to_dense for cell, _ in self.sparse)


def _summarize(results: Results) -> Numbers | None:
    found = [(cell, cell.bits) for cell in language(results) if cell.bits]
    sparse = tuple((cell, one) for cell, one in found if not cell.series.dense)
    dense = tuple((cell, one) for cell, one in found if cell.series.dense)
    return Numbers(dense, sparse, results.bits_margin, results.confidence) if sparse else None


def _draw(numbers: Numbers) -> go.Figure:
    rows = 2 if numbers.paired else 1
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.07, row_heights=[0.6, 0.4][:rows])
    ends = 108, min(100 * cell.density for cell, _ in numbers.sparse) * 0.85
    for cell, one in numbers.dense:
        density_lines.level(figure, cell.series, one, ends, 1, bits(one.mean))
    for series in dict.fromkeys(cell.series for cell, _ in numbers.sparse):
        line = [(cell, one) for cell, one in numbers.sparse if cell.series == series]
        density_lines.line(figure, series, _points(line, bits), 1, row=1)
        density_lines.seeds(figure, series, [(100 * cell.density, cell.by_seed) for cell, _ in line], 1)
        if pairs := [(cell, cell.to_dense) for cell, _ in line if cell.to_dense]:
            density_lines.line(figure, series, _points(pairs, more_bits), 1, row=2)
    figures.styled(figure, 420 + 240 * (rows - 1))
    figures.over_density(figure, max(cell.sparsity for cell, _ in numbers.sparse))
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(title_text="bits per character", row=1, col=1)
    if numbers.paired:
        density_lines.margin(figure, ends, numbers.margin)
        figure.update_yaxes(title_text="more than dense", zeroline=True, zerolinecolor=figures.NEUTRAL, row=2, col=1)
    return figure


def _points(line: list[tuple[TextCell, Estimate]], words: Callable[[float], str]) -> list[Point]:
    name = figures.text(line[0][0].series.label)
    return [
        Point(100 * cell.density, one,
              f"{name}, to {formats.level(cell.level)}<br>{percent(cell.sparsity)} removed: {words(one.mean)}")
        for cell, one in line
    ]  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.n for _, one in numbers.sparse)
    splits = formats.listed(sorted({cell.split for cell, _ in numbers.sparse}))
    intervals = formats.with_interval([one for _, one in numbers.sparse], numbers.confidence)
    level = density_lines.level_in_words([one for _, one in numbers.dense])
    lower = (" Below: the difference to the dense twin, paired by seed; the dotted line is the margin of "
             f"{numbers.margin:g} bits." if numbers.paired else "")  # fmt: skip
    return (
        f"Bits per character of the {splits} split at the last step, fewer are better: mean over seeds ({n})"
        f"{intervals}, against the weights that are not zero then, whatever was asked for; faint points are single "
        f"seeds{level}.{lower}"
    )


def _row(reached: Reached) -> tuple[str, ...]:
    cell, one = reached
    return (cell.series.label, percent(cell.density), formats.level(round(1 - cell.level, 12)), bits(one.mean),
            formats.ends(one, bits), str(one.n), "; ".join(map(bits, cell.by_seed.values())))  # fmt: skip


SECTION = Section(
    name="bits",
    title="Bits per character against density",
    question="How many more bits does each character take as weights go?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=one_table(
        "Bits per character by weights left",
        COLUMNS,
        {"Method"},
        lambda numbers: map(_row, (*numbers.dense, *numbers.sparse)),
    ),  # fmt: skip
)
