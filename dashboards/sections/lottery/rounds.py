"""Lottery tickets round by round: outcome, early stop and time against the weights left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import direct_labels, figures
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.section import Section, Table
from dashboards.numbers.lottery.ladders import Competitor, Contest, contests
from dashboards.numbers.lottery.restarts import beside
from dashboards.numbers.lottery.tickets import Round, arm_name, rounds
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import brief, formats
from dashboards.words.formats import NONE, percent, times
from dashboards.words.units import Unit, unit

PANEL, GAP = 190, 44  # pixels: the height of a panel, and between two
LEAST = 0.02  # of the largest value, that an axis always shows


@dataclass(frozen=True)
class RoundPanel:
    """One figure of a round over the weights left."""

    title: str
    estimate: Callable[[Round], Estimate | None]
    scale: float
    unit: str
    prefix: Callable[[Round], str] = lambda one: ""


def _at_least(one: Round) -> str:
    return "≥ " if one.falling else ""


def _stop(one: Round) -> str:
    return formats.count(one.stop.mean if one.stop else None)


def _panels(words: Unit) -> tuple[RoundPanel, ...]:
    title, bracket = words.outcome.title, words.axis.removeprefix(words.outcome.title)
    return (
        RoundPanel(f"{title} at the last step{bracket}", lambda one: one.cell.value, words.scale, words.suffix),
        RoundPanel(f"{title} at early stop{bracket}", lambda one: one.cell.best, words.scale, words.suffix),
        RoundPanel("early-stop step", lambda one: one.stop, 1, "", _at_least),
    )


@dataclass(frozen=True)
class Numbers:
    """Every round of every arm."""

    rounds: tuple[Round, ...]
    unit: Unit
    confidence: float

    @property
    def panels(self) -> tuple[RoundPanel, ...]:
        """Those that have anything to show."""
        return tuple(panel for panel in _panels(self.unit) if any(panel.estimate(one) for one in self.rounds))

    @property
    def lines(self) -> list[list[Round]]:
        """The rounds of each arm, from the dense network on: a control begins with round 1."""
        series = dict.fromkeys(one.series for one in self.rounds)
        return [[one for one in self.rounds if one.series == arm] for arm in series]


def _summarize(results: Results) -> Numbers | None:
    every_round = rounds(results)
    return Numbers(every_round, unit(results.outcome), results.confidence) if every_round else None


def _text(numbers: Numbers) -> tuple[str, ...]:
    tickets = [line for line in numbers.lines if not line[0].series.control]
    won = [(contest, contest.winner(numbers.confidence)) for contest in contests(tickets, numbers.confidence)]
    sentences = [_sentence(contest, winner, numbers.unit, numbers.confidence) for contest, winner in won if winner]
    return (*sentences, *(sentence for line in tickets for sentence in beside(line[0].series)))


def _finding(numbers: Numbers) -> str:
    """The best round at the last step, where there are seeds enough to judge it."""
    tickets = [line for line in numbers.lines if not line[0].series.control]
    best = [(contest.dense.series.label, winner) for contest in contests(tickets, numbers.confidence)
            if contest.kind == "at the last step" and (winner := contest.winner(numbers.confidence))
            and winner.p_value is not None]  # fmt: skip
    if not best:
        return ""
    label, winner = max(best, key=lambda pair: pair[1].score or 0.0)
    change = numbers.unit.raw(winner.gain)
    amount = numbers.unit.difference(change.mean if change else None)
    verdict = "" if winner.clear(numbers.confidence) else ", which is not clear"
    return (
        f"{brief.name(label, 24)} is best with {brief.share(winner.round.left)} of the weights: {amount} from its "
        f"dense twin{verdict}"
    )


def _sentence(contest: Contest, winner: Competitor, words: Unit, confidence: float) -> str:
    """Which round of a ladder is best, and whether it is better than the network that nothing was removed from."""
    name, left = contest.dense.series.label, f"with {percent(winner.round.left)} of the weights"
    at_once = f", the interval at once for all of {len(contest.competitors)} rounds" if winner.gain.interval else ""
    n = f"n = {winner.gain.n}{at_once}"
    verdict = "clear" if winner.clear(confidence) else "not clear"
    if winner.p_value is None:
        verdict = f"no verdict below n = {ENOUGH}"
    if contest.kind == "soonest":
        return (
            f"{name} comes to its least validation loss soonest {left}: at step {_stop(winner.round)}, "
            f"{times(winner.gain)} times that of all weights ({_stop(contest.dense)}), {n}: {verdict}."
        )
    twin = f" from its twin's {words.value(winner.round.cell.twins)}" if contest.kind == "at the last step" else ""
    return (f"{name} is best on validation {contest.kind} {left}; on test it changes by {words.change(winner.gain)}"
            f"{twin}, {n}: {verdict}.")  # fmt: skip


def _draw(numbers: Numbers) -> go.Figure:
    panels, lines = numbers.panels, numbers.lines
    height = (PANEL + GAP) * len(panels) + 80
    figure = make_subplots(rows=len(panels), cols=1, shared_xaxes=True,
                           vertical_spacing=GAP / height if len(panels) > 1 else 0)  # fmt: skip
    for row, panel in enumerate(panels, 1):
        for line in lines:
            for trace in _line(line, panel, legend=row == 1):
                figure.add_trace(trace, row=row, col=1)
        figure.update_yaxes(
            ticksuffix=panel.unit, tickformat=",.6~g", nticks=6, range=_extent(numbers.rounds, panel), row=row, col=1
        )
    figures.styled(figure, height)
    figures.name_rows(figure, [panel.title for panel in panels])
    figures.over_density(figure, 1 - min(one.left for one in numbers.rounds))
    figure.update_xaxes(title_text="weights left (log scale)", row=len(panels), col=1)
    return direct_labels.add(figure, _ends(lines, panels[0], *_extent(numbers.rounds, panels[0])), PANEL)


def _extent(line: Iterable[Round], panel: RoundPanel) -> list[float]:
    """The range of a panel's axis: around values that hardly differ it shows LEAST of their size."""
    shown = [estimate for one in line if (estimate := panel.estimate(one))]
    values = [panel.scale * one.mean for one in shown]
    return figures.framed(values, [figures.half(one, panel.scale) for one in shown], LEAST * max(map(abs, values)))


def _ends(lines: list[list[Round]], panel: RoundPanel, low: float, high: float) -> list[LineEnd]:
    """Where the lines of a panel end, in pixels above its bottom."""
    last = {line[0].series: estimate for line in lines for one in line if (estimate := panel.estimate(one))}
    return [LineEnd(arm_name(series), series.colour, PANEL * (panel.scale * estimate.mean - low) / (high - low))
            for series, estimate in last.items()]  # fmt: skip


def _line(line: list[Round], panel: RoundPanel, legend: bool) -> list[go.Scatter]:
    series, name = line[0].series, figures.text(arm_name(line[0].series))
    shown = [(one, estimate) for one in line if (estimate := panel.estimate(one))]
    if not shown:
        return []
    hover = [
        f"{name}, round {one.cell.round}, {percent(one.left)} left<br>{panel.prefix(one)}"
        f"{panel.scale * estimate.mean:,.6g}{panel.unit} (n = {estimate.n})" for one, estimate in shown
    ]  # fmt: skip
    drawn = go.Scatter(
        x=[100 * one.left for one, _ in shown], y=[panel.scale * estimate.mean for _, estimate in shown],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"symbol": series.marker, "size": 7}, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    wide = [(100 * one.left, estimate.interval) for one, estimate in shown if estimate.interval]
    return [*([figures.band(wide, panel.scale, series.colour, name)] if wide else []), drawn]


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.cell.value.n for one in numbers.rounds if one.cell.value)
    intervals = formats.with_interval([one.cell.value for one in numbers.rounds], numbers.confidence)
    stop = (
        " Early stop is the look with the least validation loss; training went on." if any(
            one.stop for one in numbers.rounds) else " Without a validation split there is no early stop."
    )  # fmt: skip
    return f"Means over seeds ({n}){intervals}, one line an arm.{stop}"


def _computed(numbers: Numbers) -> str:
    stop = (
        " The step of early stop is left out where a network keeps its trained weights, since its steps are counted "
        "on; ≥ where the loss of some networks was least at their last look, and may have gone on falling."
        if any(one.stop for one in numbers.rounds) else ""
    )  # fmt: skip
    intervals = formats.with_interval([one.cell.value for one in numbers.rounds], numbers.confidence)
    best = (
        " The best of R rounds is good by chance too: it is chosen on validation, its interval is taken at 1 − α/R, so "
        "that it holds whichever is chosen, and it is clear where the paired t-test agrees, adjusted by Holm for all "
        "rounds and outcomes of these sentences." if intervals else ""
    )  # fmt: skip
    return f"The draws of a control at one seed count as one.{best}{stop}"


def _row(one: Round, words: Unit) -> tuple[str, ...]:
    stop, value = one.stop, one.cell.value
    interval = f"{stop.low:,.0f} to {stop.high:,.0f}" if stop and stop.interval else NONE
    return (
        one.series.label, str(one.cell.round), formats.count(one.cell.nonzero), percent(one.left),
        words.value(value.mean if value else None), words.value_ends(value),
        f"{one.loss.mean:.4f}" if one.loss else NONE, words.value(one.cell.best.mean if one.cell.best else None),
        _at_least(one) + _stop(one), interval,
        f"{one.seconds.mean:.1f}" if one.seconds else NONE, str(value.n if value else 0),
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Arm", "Round", "Nonzero weights", "Weights left", words.heading, f"Interval{words.beside}",
               "Test loss", f"{formats.capital(words.noun)} at early stop", "Early-stop step", "Its interval",
               "Training time [s]", "n")  # fmt: skip
    rows = tuple(_row(one, words) for one in numbers.rounds)
    return (Table("Rounds", columns, rows, frozenset({"Arm"}), grouped=True),)


SECTION = Section(
    name="rounds",
    title="Rounds",
    question="How does each round of pruning change what the network reaches, and how soon?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
