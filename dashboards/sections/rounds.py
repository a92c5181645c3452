"""Lottery tickets round by round: accuracy, early stop and time against the weights left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import figures, formats
from dashboards.cells import Cell
from dashboards.formats import NONE, percent, points, points_interval
from dashboards.restarts import beside
from dashboards.results import Results
from dashboards.sections.section import Section, one_table
from dashboards.statistics import ENOUGH, Estimate, adjusted
from dashboards.tickets import Round, rounds

ROW_HEIGHT = 250  # pixels of one panel
COLUMNS = ("Arm", "Round", "Nonzero weights", "Weights left", "Test accuracy", "Interval [%]", "Test loss",
           "Accuracy at early stop", "Early-stop step", "Its interval", "Training time [s]", "n")  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One figure of a round over the weights left."""

    title: str
    estimate: Callable[[Round], Estimate | None]
    scale: float
    unit: str
    prefix: Callable[[Round], str] = lambda one: ""


def _at_least(one: Round) -> str:
    return "≥ " if one.falling else ""


PANELS = (
    Panel("test accuracy at the last step", lambda one: one.cell.accuracy, 100, " %"),
    Panel("test accuracy at early stop", lambda one: one.cell.best, 100, " %"),
    Panel("early-stop step", lambda one: one.stop, 1, "", _at_least),
)


@dataclass(frozen=True)
class Numbers:
    """Every round of every arm."""

    rounds: tuple[Round, ...]
    confidence: float

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Those that have anything to show."""
        return tuple(panel for panel in PANELS if any(panel.estimate(one) for one in self.rounds))

    @property
    def lines(self) -> list[list[Round]]:
        """The rounds of each arm, from the dense network on: a control begins with round 1."""
        series = dict.fromkeys(one.series for one in self.rounds)
        return [[one for one in self.rounds if one.series == own] for own in series]


def _summarize(results: Results) -> Numbers | None:
    found = rounds(results)
    return Numbers(found, results.confidence) if found else None


def _text(numbers: Numbers) -> tuple[str, ...]:
    tickets = [line for line in numbers.lines if not line[0].series.control]
    alpha = 1 - numbers.confidence
    return tuple(said for line in tickets for said in (*_sentences(line, alpha), *beside(line[0].series)))


def _sentences(line: list[Round], alpha: float) -> list[str]:
    """Where an arm is most accurate and where it stops soonest, each against its dense network."""
    dense, pruned = line[0], [one for one in line[1:] if one.cell.difference]
    if dense.cell.round or not pruned:
        return []
    name = dense.series.label
    chosen = [("at the last step", *_most([one.cell for one in pruned], lambda cell: cell.difference))]
    if any(one.cell.best_difference for one in pruned):
        chosen.append(("at early stop", *_most([one.cell for one in pruned], lambda cell: cell.best_difference)))
    said = [f"{name} is most accurate, against its twin, {_gain(*one, alpha)}." for one in chosen]
    stops = [one for one in pruned if one.stop and not one.falling]
    if dense.stop and not dense.falling and stops:
        soonest = min(stops, key=lambda one: one.stop.mean)
        said.append(
            f"It comes to its least validation loss soonest with {percent(soonest.left)} of the weights: at step "
            f"{soonest.stop.mean:,.0f}, {soonest.stop.mean / dense.stop.mean:.2f} times that of all weights "
            f"({dense.stop.mean:,.0f})."
        )
    return said


def _most(
    cells: list[Cell], difference: Callable[[Cell], Estimate | None]
) -> tuple[Cell, Estimate, float | None]:
    """The cell that gains most, its gain, and the p-value by Holm over all cells."""
    found = [(cell, difference(cell)) for cell in cells if difference(cell)]
    p_values = adjusted([one for _, one in found])
    return max(((*one, p_value) for one, p_value in zip(found, p_values)), key=lambda one: one[1].mean)


def _gain(when: str, cell: Cell, gain: Estimate, p_value: float | None, alpha: float) -> str:
    left = percent(cell.nonzero / cell.prunable)
    interval = f" ({points_interval(gain)}, n = {gain.n})" if gain.low is not None else f" (n = {gain.n})"
    verdict = f"no verdict below n = {ENOUGH}" if p_value is None else "clear" if p_value < alpha else "not clear"
    return f"{when} with {left} of the weights: {points(gain.mean)}{interval}, {verdict}"


def _draw(numbers: Numbers) -> go.Figure:
    panels = numbers.panels
    figure = make_subplots(rows=len(panels), cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for row, panel in enumerate(panels, 1):
        for line in numbers.lines:
            for trace in _line(line, panel, legend=row == 1):
                figure.add_trace(trace, row=row, col=1)
        figure.update_yaxes(title_text=panel.title, ticksuffix=panel.unit, row=row, col=1)
    figures.styled(figure, 110 + ROW_HEIGHT * len(panels))
    figures.over_density(figure, 1 - min(one.left for one in numbers.rounds))
    return figure.update_xaxes(title_text="prunable weights left (log scale)", row=len(panels), col=1)


def _line(line: list[Round], panel: Panel, legend: bool) -> list[go.Scatter]:
    series, name = line[0].series, figures.text(line[0].series.label)
    shown = [(one, panel.estimate(one)) for one in line if panel.estimate(one)]
    if not shown:
        return []
    xs, estimates = [100 * one.left for one, _ in shown], [one for _, one in shown]
    hover = [
        f"{name}, round {one.cell.round}, {percent(one.left)} left<br>{panel.prefix(one)}"
        f"{panel.scale * found.mean:,.6g}{panel.unit} (n = {found.n})" for one, found in shown
    ]  # fmt: skip
    drawn = go.Scatter(
        x=xs, y=[panel.scale * one.mean for one in estimates], mode="lines+markers", name=name, legendgroup=name,
        showlegend=legend, line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"symbol": series.marker, "size": 7}, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    wide = [(x, one) for x, one in zip(xs, estimates) if one.low is not None]
    return [*([figures.band(wide, panel.scale, series.colour, name)] if wide else []), drawn]


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.cell.accuracy.n for one in numbers.rounds if one.cell.accuracy)
    stop = (
        " Early stop: the look with the least validation loss; training itself was not stopped there. Its step is left "
        "out where a network keeps its trained weights, since its steps are counted on; ≥ where the loss of some was "
        "least at their last look, and may have gone on falling."
        if any(one.stop for one in numbers.rounds) else " Without a validation split there is no early stop."
    )  # fmt: skip
    return (
        f"Means over seeds ({n}) with their {formats.level(numbers.confidence)} t-intervals; the draws of a control "
        f"at one seed count as one.{stop}"
    )


def _row(one: Round) -> tuple[str, ...]:
    stop = one.stop
    interval = f"{stop.low:,.0f} to {stop.high:,.0f}" if stop and stop.low is not None else NONE
    return (
        one.series.label, str(one.cell.round), formats.count(one.cell.nonzero), percent(one.left),
        percent(one.cell.accuracy.mean if one.cell.accuracy else None), formats.interval(one.cell.accuracy),
        f"{one.loss.mean:.4f}" if one.loss else NONE, percent(one.cell.best.mean if one.cell.best else None),
        _at_least(one) + formats.count(stop.mean if stop else None), interval,
        f"{one.seconds.mean:.1f}" if one.seconds else NONE, str(one.cell.accuracy.n if one.cell.accuracy else 0),
    )  # fmt: skip


SECTION = Section(
    name="rounds",
    title="Round by round",
    question="How does each round of pruning change what the network reaches, and how soon?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=one_table("Rounds", COLUMNS, {"Arm"}, lambda numbers: map(_row, numbers.rounds)),
)
