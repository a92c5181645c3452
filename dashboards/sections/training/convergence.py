"""How soon networks are as good as their twins, but for the margin."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.draw import figures
from dashboards.draw.section import Heading, Section, one_table
from dashboards.numbers.training.convergence import Reached, reached
from dashboards.read.results import Results
from dashboards.words import formats
from dashboards.words.formats import count, level
from dashboards.words.units import Unit, unit

COLUMNS = ("Method", "Sparsity", "Seeds that get there", "Median step", "First and last", "Steps of the run")


@dataclass(frozen=True)
class Numbers:
    """Every cell that has a validation curve and a twin."""

    cells: tuple[Reached, ...]
    unit: Unit


def _summarize(results: Results) -> Numbers | None:
    found = reached(results)
    return Numbers(found, unit(results.outcome)) if any(not one.cell.series.dense for one in found) else None


def _draw(numbers: Numbers) -> go.Figure:
    figure = go.Figure()
    never = 1.15 * max(one.steps for one in numbers.cells)
    for series in dict.fromkeys(one.cell.series for one in numbers.cells if not one.cell.series.dense):
        line = [one for one in numbers.cells if one.cell.series == series]
        name = figures.text(series.label)
        figure.add_trace(go.Scatter(
            x=[100 * one.cell.density for one in line], y=[one.middle or never for one in line], mode="lines+markers",
            name=name, line={"color": series.colour, "dash": series.dash, "width": 2},
            marker={"size": 8, "symbol": [series.marker + ("" if one.middle else "-open") for one in line]},
            hovertext=[f"{name}, {level(one.cell.sparsity)} sparse<br>{_middle(one)} ({_seeds(one)} seeds)"
                       for one in line],
            hovertemplate="%{hovertext}<extra></extra>",
        ))  # fmt: skip
    figures.styled(figure, 420)
    figures.over_density(figure, max(one.cell.sparsity for one in numbers.cells))
    figure.update_xaxes(title_text="prunable weights left (log scale)")
    figure.add_hline(never, line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"}, annotation_text="never",
                     annotation_position="top left")  # fmt: skip
    return figure.update_yaxes(title_text="optimizer steps", rangemode="tozero")


def _middle(one: Reached) -> str:
    return "never" if one.middle is None else f"step {count(one.middle)}"


def _seeds(one: Reached) -> str:
    return f"{one.count} of {len(one.by_seed)}"


def _caption(numbers: Numbers) -> str:
    words = numbers.unit
    return (
        f"The first look at which validation {words.noun} is within {words.allowed} of the twin's "
        "last, counting looks from the last change of the mask on: the median over seeds, where a seed that never gets "
        "there counts as later than all. Open markers: half of the seeds or more never do within their training. "
        "Steps before pruning are counted too, but of a network that was rewound those before it was."
    )


def _row(one: Reached) -> tuple[str, ...]:
    span = " to ".join(map(count, one.span)) if one.span else formats.NONE
    middle = "never" if one.middle is None else count(one.middle)
    return (one.cell.series.label, one.cell.at, _seeds(one), middle, span, count(one.steps))


SECTION = Section(
    name="convergence",
    title="Steps to the twin's outcome",
    heading=lambda numbers: Heading("convergence", f"Steps to the twin's {numbers.unit.noun}"),
    question="How long does a sparse network take to be as good as the dense one?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=one_table(
        "Steps until within the margin of the twin", COLUMNS, {"Method"}, lambda numbers: map(_row, numbers.cells)
    ),  # fmt: skip
)
