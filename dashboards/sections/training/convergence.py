"""How soon networks are as good as their twins, but for the margin."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import direct_labels, figures
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.section import Heading, Section, one_table
from dashboards.numbers.training.convergence import Reached, reached, slowdowns
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH
from dashboards.words import brief, formats
from dashboards.words.formats import count
from dashboards.words.units import Unit, unit

HEIGHT, PANEL = 420, 340  # pixels of the figure, and of its panel
COLUMNS = ("Method", "Sparsity", "Seeds that get there", "Median step", "First and last", "Steps of the run")


@dataclass(frozen=True)
class Numbers:
    """Every cell that has a validation curve and a twin."""

    cells: tuple[Reached, ...]
    unit: Unit


def _summarize(results: Results) -> Numbers | None:
    cells = reached(results)
    return Numbers(cells, unit(results.outcome)) if any(not one.cell.series.dense for one in cells) else None


def _finding(numbers: Numbers) -> str:
    """The soonest method at the sparsest level at which any gets there; below ENOUGH seeds that is no finding."""
    pruned = [one for one in numbers.cells if not (one.cell.series.dense or one.cell.series.control)]
    if not pruned or min(len(one.by_seed) for one in pruned) < ENOUGH:
        return ""
    if not any(one.middle for one in pruned if one.cell.level > 0):
        return f"Most sparse networks never come within {numbers.unit.allowed} of their dense twins"
    slower = slowdowns(numbers.cells)
    if not slower:
        return ""
    sparsest = max(one.reached.cell.level for one in slower)
    soonest = min((one for one in slower if one.reached.cell.level == sparsest), key=lambda one: one.times)
    name = brief.name(soonest.reached.cell.series.label, 28)
    at = f"At {brief.left(soonest.reached.cell.sparsity)} of the weights"
    times = brief.factor(soonest.times)
    steps = "as many steps as" if times == "1" else f"{times} times the steps of"
    return f"{at}, {name} takes {steps} the dense network"


def _draw(numbers: Numbers) -> go.Figure:
    figure, top = make_subplots(rows=1, cols=1), 1.25 * max(one.steps for one in numbers.cells)
    never = top / 1.1
    sparsest = max(one.cell.sparsity for one in numbers.cells)
    ends = []
    for series in dict.fromkeys(one.cell.series for one in numbers.cells):
        line = [one for one in numbers.cells if one.cell.series == series]
        steps = [one.middle or never for one in line]
        figure.add_trace(_dense(line[0], steps[0], sparsest) if series.dense else _line(line, steps))
        ends.append(LineEnd(series.label, series.colour, steps[-1] / top * PANEL))
    figures.styled(figure, HEIGHT)
    figures.over_density(figure, sparsest)
    figure.update_xaxes(title_text="weights left (log scale)")
    figure.add_hline(never, line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"}, annotation_text="never",
                     annotation_position="top left")  # fmt: skip
    figure.update_yaxes(title_text="training steps", range=[0, top], tickformat=",", nticks=6)
    return direct_labels.add(figure, ends, PANEL)


def _line(line: list[Reached], steps: list[float]) -> go.Scatter:
    series = line[0].cell.series
    name = figures.text(series.label)
    return go.Scatter(
        x=[100 * one.cell.density for one in line], y=steps, mode="lines+markers", name=name,
        line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"size": 8, "symbol": [series.marker + ("" if one.middle else "-open") for one in line]},
        hovertext=[f"{name}, {brief.left(one.cell.sparsity)} left<br>{_middle(one)} ({_seeds(one)} seeds)"
                   for one in line],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _dense(one: Reached, steps: float, sparsest: float) -> go.Scatter:
    """From end to end of the axis."""
    series, name = one.cell.series, figures.text(one.cell.series.label)
    return go.Scatter(
        x=[100, 100 * (1 - sparsest)], y=[steps, steps], mode="lines", name=name,
        line={"color": series.colour, "dash": series.dash, "width": 1.5},
        hovertemplate=f"{name}: {_middle(one)} ({_seeds(one)} seeds)<extra></extra>",
    )  # fmt: skip


def _middle(one: Reached) -> str:
    return "never" if one.middle is None else f"step {count(one.middle)}"


def _seeds(one: Reached) -> str:
    return f"{one.count} of {len(one.by_seed)}"


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(len(one.by_seed) for one in numbers.cells)
    words = numbers.unit
    return (
        f"Steps until validation {words.noun} is within {words.allowed} of what the dense twin ends with: the median "
        f"over seeds ({n}, no interval). Open marks at the dotted line: half of the seeds or more never get there."
    )


def _computed(numbers: Numbers) -> str:
    del numbers
    return (
        "The first look within the margin counts, from the last change of the mask on: before that, the network is "
        "another one. A seed that never gets there counts as later than all. Steps before pruning are counted too; of "
        "a network that was rewound, those before rewinding are not."
    )


def _row(one: Reached) -> tuple[str, ...]:
    span = " to ".join(map(count, one.span)) if one.span else formats.NONE
    middle = "never" if one.middle is None else count(one.middle)
    return (one.cell.series.label, one.cell.at, _seeds(one), middle, span, count(one.steps))


SECTION = Section(
    name="convergence",
    title="Training steps to dense outcome",
    heading=lambda numbers: Heading("convergence", f"Training steps to reach dense {numbers.unit.noun}"),
    question="How many steps does a sparse network take to be as good as the dense one?",
    summarize=_summarize,
    finding=_finding,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table(
        "Steps until within the margin of the dense twin", COLUMNS, {"Method"}, lambda numbers: map(_row, numbers.cells)
    ),  # fmt: skip
    folded=True,
)
