"""Lottery tickets against their controls: what the ticket owes to its first weights, its places and its search."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import figures, formats
from dashboards.formats import NONE, listed, percent, points, points_interval
from dashboards.restarts import beside
from dashboards.results import Results
from dashboards.sections.section import Section, one_table
from dashboards.statistics import ENOUGH, Estimate
from dashboards.tickets import Contrast, contrasts, rounds

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
COLUMNS = ("Control", "Round", "Weights left", "Ticket minus control", "Interval [pp]", "p (Holm)",
           "At early stop", "Its interval [pp]", "Its p (Holm)", "Early stop, times the ticket's", "n")  # fmt: skip


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
    alpha = 1 - numbers.confidence
    return tuple(" ".join(_said(line, alpha)) for line in numbers.lines)


def _said(line: list[Contrast], alpha: float) -> list[str]:
    """One control: what it is, and whether tickets do better at the last step, at early stop and in time."""
    arm, name = line[0].control.series.arm, line[0].control.series.label
    last = [(one, one.last, one.p_last) for one in line if one.last]
    early = [(one, one.early, one.p_early) for one in line if one.early]
    said = [f"Against {name} ({MEANING[arm]}): at the last step {_outcome(last, alpha)}.",
            *beside(line[0].control.series)]  # fmt: skip
    if early:
        said.append(f"At early stop {_outcome(early, alpha)}.")
    if slower := [one for one in line if one.slower and not one.ticket.falling]:
        most = max(slower, key=lambda one: one.slower.mean)
        amount = "at least" if most.control.falling else "up to"
        said.append(f"The control takes {amount} {_ratio(most.slower)} times as many steps to its least validation "
                    f"loss (with {percent(most.ticket.left)} of the weights).")  # fmt: skip
    return said


def _outcome(line: list[tuple[Contrast, Estimate, float | None]], alpha: float) -> str:
    contrast, most, _ = max(line, key=lambda one: abs(one[1].mean))
    interval = f", {points_interval(most)}" if most.low is not None else ""
    found = (
        f"the difference is greatest with {percent(contrast.ticket.left)} of the weights, where the ticket is "
        f"{_ahead(most)} ({points(most.mean)}{interval}, n = {most.n})"
    )
    tested = [(one, estimate.mean, p_value < alpha) for one, estimate, p_value in line if p_value is not None]
    if not tested:
        return f"{found}; with n = {most.n} this is no verdict, which takes {ENOUGH}"
    verdicts = {
        "the ticket is clearly better": [one for one, mean, clear in tested if clear and mean > 0],
        "the ticket is clearly worse": [one for one, mean, clear in tested if clear and mean < 0],
        "it is not clear which is better": [one for one, _, clear in tested if not clear],
    }
    parts = [f"{words} {_where(these, len(tested))}" for words, these in verdicts.items() if these]
    return f"{listed(parts)}; {found}"


def _ahead(difference: Estimate) -> str:
    return "ahead" if difference.mean > 0 else "behind" if difference.mean < 0 else "level"


def _where(these: list[Contrast], of: int) -> str:
    """In which rounds, in few words."""
    if len(these) == of:
        return "in every round" if of > 1 else f"with {percent(these[0].ticket.left)} of the weights"
    return f"with {listed([percent(one.ticket.left) for one in these])} of the weights"


def _times(one: Contrast) -> str:
    """A bound where the validation loss of controls, and of no ticket, was still falling at the end."""
    if one.slower is None or one.ticket.falling:
        return NONE
    return ("≥ " if one.control.falling else "") + _ratio(one.slower)


def _ratio(one: Estimate) -> str:
    interval = f" ({one.low:.2f} to {one.high:.2f})" if one.low is not None else ""
    return f"{one.mean:.2f}{interval}"


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
        extent = figures.framed(values, [0.0, *map(_half, shown)], LEAST)
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
        error_y={"type": "data", "array": [_half(one) for _, one in pairs], "color": series.colour, "thickness": 1,
                 "width": 3},
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _half(one: Estimate) -> float:
    return 0.0 if one.high is None else 100 * (one.high - one.mean)


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.last.n for one in numbers.found if one.last)
    stop = " Early stop: the least validation loss; ≥ where that of some controls was least at their last look."
    return (
        f"Test accuracy of the ticket less that of the control of the same round, paired by seed ({n}), the mean with "
        f"its {formats.level(numbers.confidence)} t-interval: above 0 the ticket is better. p is of the paired "
        f"t-test, adjusted by Holm over the rounds of one control, from {ENOUGH} seeds on. Lines are moved aside a "
        "little so that their intervals can be seen; intervals much wider than the figure are cut off, and the table "
        f"has them.{stop if numbers.early else ''}"
    )


def _row(one: Contrast) -> tuple[str, ...]:
    last, early = one.last, one.early
    return (
        one.control.series.label, str(one.ticket.cell.round), percent(one.ticket.left),
        points(last.mean if last else None), points_interval(last), formats.p_value(one.p_last),
        points(early.mean if early else None), points_interval(early), formats.p_value(one.p_early),
        _times(one), str(last.n if last else 0),
    )  # fmt: skip


SECTION = Section(
    name="controls",
    title="Tickets against their controls",
    question="What does a ticket owe to its first weights, to the places of its mask, and to the search for it?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=one_table("Ticket minus control", COLUMNS, {"Control"}, lambda numbers: map(_row, numbers.found)),
)
