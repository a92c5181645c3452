"""Lottery tickets against their controls: what the ticket owes to its first weights, its places and its search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import figures, formats
from dashboards.formats import NONE, listed, percent, points, points_interval, times
from dashboards.results import Results
from dashboards.sections.section import Section, one_table
from dashboards.statistics import ENOUGH, Estimate
from dashboards.tickets import Contrast, contrasts, rounds
from dashboards.units import ACCURACY, WIDER

ROW_HEIGHT = 280  # pixels of one panel
LEAST = 0.5  # percentage points of an interval that are always shown
APART = 0.015  # of a density, by which lines are moved so that their intervals don't hide each other
MEANING = {
    "reinit": "the same masks, other first weights",
    "shuffled": "the same first weights and as many of them in each layer, at other places",
    "random": "other first weights, as many of them in each layer, at other places",
    "one_shot": "masks found by pruning the dense network once, the same first weights",
    "lr_rewind": "the same masks, the trained weights kept and only the learning rate begun again",
}
COLUMNS = ("Control", "Round", "Weights left", "Ticket minus control", "Interval [pp]", WIDER, "p (Holm)",
           "At early stop", "Its interval [pp]", "Its p (Holm)", "Early stop, times the ticket's", "Of that p (Holm)",
           "n")  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """Every control's rounds against the tickets'."""

    found: tuple[Contrast, ...]
    confidence: float

    @property
    def lines(self) -> list[list[Contrast]]:
        """Control by control."""
        series = dict.fromkeys(one.control.series for one in self.found)
        return [[one for one in self.found if one.control.series == own] for own in series]

    @property
    def early(self) -> bool:
        """Whether there is an early stop at all."""
        return any(one.early for one in self.found)


def _summarize(results: Results) -> Numbers | None:
    found = contrasts(rounds(results), results.confidence)
    return Numbers(found, results.confidence) if any(one.last for one in found) else None


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(" ".join(_said(line, numbers.confidence)) for line in numbers.lines)


def _said(line: list[Contrast], confidence: float) -> list[str]:
    """One control: what it is, and whether tickets do better at the last step, at early stop and in time."""
    arm, name = line[0].control.series.arm, line[0].control.series.label
    last = [Told(one, one.last, one.p_last) for one in line if one.last]
    early = [Told(one, one.early, one.p_early) for one in line if one.early]
    slower = [Told(one, one.slower, one.p_slower) for one in line if one.slower and not one.ticket.falling]
    said = [f"Against {name} ({MEANING[arm]}): at the last step {_outcome(last, confidence)}."]
    if early:
        said.append(f"At early stop {_outcome(early, confidence)}.")
    if slower:
        said.append(f"To the least validation loss {_time(slower, confidence)}.")
    return said


@dataclass(frozen=True)
class Told:
    """One round in one outcome."""

    contrast: Contrast
    estimate: Estimate
    p_value: float | None

    def clear(self, confidence: float) -> bool:
        """Whether it is more than chance."""
        return self.p_value is not None and self.p_value < 1 - confidence


def _outcome(line: list[Told], confidence: float) -> str:
    words = "the ticket is clearly better", "the ticket is clearly worse", "it is not clear which is better"
    most = _at_once(line, confidence, lambda one: abs(one.estimate.mean))
    largest = (f"{_largest(line)} difference is {ACCURACY.spread(most.estimate)}, n = {most.estimate.n}, with "
               f"{percent(most.contrast.ticket.left)} of the weights")  # fmt: skip
    return _verdicts(line, confidence, *words, largest)


def _time(line: list[Told], confidence: float) -> str:
    words = "the control clearly takes more steps", "it clearly takes fewer", "it is not clear which takes more steps"
    most = _at_once(line, confidence, lambda one: one.estimate.mean)
    amount = "at least " if most.contrast.control.falling else ""
    largest = (f"{_largest(line)} ratio is {amount}{times(most.estimate)}, n = {most.estimate.n}, with "
               f"{percent(most.contrast.ticket.left)} of the weights")  # fmt: skip
    return _verdicts(line, confidence, *words, largest)


def _verdicts(line: list[Told], confidence: float, above: str, below: str, unclear: str, largest: str) -> str:
    """In which rounds which is true, and then the round that differs most."""
    tested = [one for one in line if one.p_value is not None]
    if not tested:
        return f"{largest}; below n = {ENOUGH} this is no verdict"
    found = {
        above: [one for one in tested if one.clear(confidence) and one.estimate.mean > 0],
        below: [one for one in tested if one.clear(confidence) and one.estimate.mean < 0],
        unclear: [one for one in tested if not one.clear(confidence)],
    }
    return f"{listed([f'{words} {_where(these, len(tested))}' for words, these in found.items() if these])}; {largest}"


def _at_once(line: list[Told], confidence: float, size: Callable[[Told], float]) -> Told:
    """The round that differs most, with an interval that holds for all rounds at once: it was looked for."""
    most = max(line, key=size)
    return replace(most, estimate=most.estimate.at(1 - (1 - confidence) / len(line)))


def _largest(line: list[Told]) -> str:
    return "the" if len(line) == 1 else f"of {len(line)} rounds the largest"


def _where(these: list[Told], of: int) -> str:
    """In which rounds, in few words."""
    if len(these) == of:
        return "in every round" if of > 1 else f"with {percent(these[0].contrast.ticket.left)} of the weights"
    return f"with {listed([percent(one.contrast.ticket.left) for one in these])} of the weights"


def _times(one: Contrast) -> str:
    """A bound where the validation loss of controls, and of no ticket, was still falling at the end."""
    if one.slower is None or one.ticket.falling:
        return NONE
    return ("≥ " if one.control.falling else "") + times(one.slower)


def _draw(numbers: Numbers) -> go.Figure:
    rows = 2 if numbers.early else 1
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for row in range(1, rows + 1):
        shown = []
        for place, line in enumerate(numbers.lines):
            pairs = [(one, one.last if row == 1 else one.early) for one in line]
            pairs = [(one, estimate) for one, estimate in pairs if estimate]
            if pairs:
                shift = 1 + APART * (place - (len(numbers.lines) - 1) / 2)
                figure.add_trace(_line(pairs, shift, legend=row == 1), row=row, col=1)
            shown += [estimate for _, estimate in pairs]
        values = [0.0, *(100 * one.mean for one in shown)]
        extent = figures.framed(values, [0.0, *(figures.half(one, 100) for one in shown)], LEAST)
        title = "at the last step [pp]" if row == 1 else "at early stop [pp]"
        figure.update_yaxes(title_text=f"ticket − control, {title}", range=extent, row=row, col=1)
    figures.styled(figure, 110 + ROW_HEIGHT * rows)
    figures.over_density(figure, 1 - min(one.ticket.left for one in numbers.found))
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=rows, col=1)
    return figure.update_yaxes(zeroline=True, zerolinecolor=figures.NEUTRAL)


def _line(pairs: list[tuple[Contrast, Estimate]], shift: float, legend: bool) -> go.Scatter:
    series = pairs[0][0].control.series
    name = figures.text(series.label)
    hover = [f"ticket − {name}, round {one.ticket.cell.round}, {percent(one.ticket.left)} left<br>"
             f"{points(estimate.mean)} (n = {estimate.n})" for one, estimate in pairs]  # fmt: skip
    return go.Scatter(
        x=[100 * one.ticket.left * shift for one, _ in pairs], y=[100 * estimate.mean for _, estimate in pairs],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 1.5}, marker={"symbol": series.marker, "size": 7},
        error_y=figures.errors([one for _, one in pairs], 100, series.colour),
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.last.n for one in numbers.found if one.last)
    intervals = formats.with_interval([one.last for one in numbers.found], numbers.confidence)
    judged = (
        " p is of the paired t-test, adjusted by Holm over all rounds, controls and outcomes of the table, from "
        f"{ENOUGH} seeds on. The interval of a largest difference or ratio is taken at 1 − α/R of R rounds, so that it "
        "holds for all of them at once. Lines are moved aside a little so that their intervals can be seen; intervals "
        "much wider than the figure are cut off, and the table has them."
    )
    stop = " Early stop: the least validation loss; ≥ where that of some controls was least at their last look."
    return (
        f"Test accuracy of the ticket less that of the control of the same round, paired by seed ({n}), the mean"
        f"{intervals}: above 0 the ticket is better.{judged if intervals else ''}{stop if numbers.early else ''}"
    )


def _row(one: Contrast) -> tuple[str, ...]:
    last, early = one.last, one.early
    return (
        one.control.series.label, str(one.ticket.cell.round), percent(one.ticket.left),
        points(last.mean if last else None), points_interval(last), points_interval(last and last.over_examples),
        formats.p_value(one.p_last),
        points(early.mean if early else None), points_interval(early), formats.p_value(one.p_early),
        _times(one), formats.p_value(one.p_slower), str(last.n if last else 0),
    )  # fmt: skip


SECTION = Section(
    name="controls",
    title="Tickets against their controls",
    question="What does a ticket owe to its first weights, to the places of its mask, and to the search for it?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=one_table("Ticket minus control", COLUMNS, {"Control"}, lambda numbers: map(_row, numbers.found),
                     {WIDER}),
)
