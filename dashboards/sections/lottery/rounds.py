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
from dashboards.numbers.lottery.restarts import other_differences
from dashboards.numbers.lottery.tickets import Round, arm_name, rounds
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import brief, formats
from dashboards.words.formats import NONE, percent, times
from dashboards.words.units import Unit, unit

PANEL, GAP = 190, 44  # pixels: height of a panel, and space between panels
LEAST = 0.02  # fraction of the largest value: the least half-range of an axis


@dataclass(frozen=True)
class RoundPanel:
    """One panel: a measure of each round over the weights left."""

    title: str
    estimate: Callable[[Round], Estimate | None]
    scale: float
    unit: str
    prefix: Callable[[Round], str] = lambda rung: ""


def _at_least(rung: Round) -> str:
    return "≥ " if rung.falling else ""


def _stop(rung: Round) -> str:
    return formats.count(rung.stop.mean if rung.stop else None)


def _panels(words: Unit) -> tuple[RoundPanel, ...]:
    title, bracket = words.outcome.title, words.axis.removeprefix(words.outcome.title)
    return (
        RoundPanel(f"{title} at the last step{bracket}", lambda rung: rung.cell.value, words.scale, words.suffix),
        RoundPanel(f"{title} at early stop{bracket}", lambda rung: rung.cell.best, words.scale, words.suffix),
        RoundPanel("early-stop step", lambda rung: rung.stop, 1, "", _at_least),
    )


@dataclass(frozen=True)
class Numbers:
    """Every round of every arm."""

    rounds: tuple[Round, ...]
    unit: Unit
    confidence: float

    @property
    def panels(self) -> tuple[RoundPanel, ...]:
        """The panels with values."""
        return tuple(panel for panel in _panels(self.unit) if any(panel.estimate(rung) for rung in self.rounds))

    @property
    def lines(self) -> list[list[Round]]:
        """The rounds of each arm, from the dense network on; controls start at round 1."""
        series = dict.fromkeys(rung.series for rung in self.rounds)
        return [[rung for rung in self.rounds if rung.series == arm] for arm in series]


def _summarize(results: Results) -> Numbers | None:
    every_round = rounds(results)
    return Numbers(every_round, unit(results.outcome), results.confidence) if every_round else None


def _text(numbers: Numbers) -> tuple[str, ...]:
    tickets = [line for line in numbers.lines if not line[0].series.control]
    winners = [(contest, contest.winner(numbers.confidence)) for contest in contests(tickets, numbers.confidence)]
    sentences = [_sentence(contest, winner, numbers.unit, numbers.confidence) for contest, winner in winners if winner]
    return (*sentences, *(sentence for line in tickets for sentence in other_differences(line[0].series)))


def _finding(numbers: Numbers) -> str:
    """The best round at the last step, if it has enough seeds for a verdict."""
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
    """The best round of a ladder, and its difference to the network with all weights."""
    name, left = contest.dense.series.label, f"with {percent(winner.round.left)} of the weights"
    number = len(contest.competitors)
    at_once = f" The interval holds for all {number} rounds at once." if winner.gain.interval and number > 1 else ""
    verdict = "The difference is clear." if winner.clear(confidence) else "The difference is not clear."
    if winner.p_value is None:
        verdict = f"A verdict needs {ENOUGH} seeds."
    end = f"n = {winner.gain.n}. {verdict}{at_once}"
    if contest.kind == "soonest":
        return (
            f"{name} reaches its least validation loss soonest {left}: at step {_stop(winner.round)}. This is "
            f"{times(winner.gain)} times the step with all weights ({_stop(contest.dense)}), {end}"
        )
    twin = f" from its twin's {words.value(winner.round.cell.twins)}" if contest.kind == "at the last step" else ""
    change = words.change(winner.gain)
    return f"{name} is best on validation {contest.kind} {left}. On test it changes by {change}{twin}, {end}"


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
    figures.over_density(figure, 1 - min(rung.left for rung in numbers.rounds))
    figure.update_xaxes(title_text="weights left (log scale)", row=len(panels), col=1)
    return direct_labels.add(figure, _ends(lines, panels[0], *_extent(numbers.rounds, panels[0])), PANEL)


def _extent(line: Iterable[Round], panel: RoundPanel) -> list[float]:
    """The range of a panel's axis; around nearly equal values it spans LEAST of their size."""
    estimates = [estimate for rung in line if (estimate := panel.estimate(rung))]
    values = [panel.scale * estimate.mean for estimate in estimates]
    return figures.framed(
        values, [figures.half(estimate, panel.scale) for estimate in estimates], LEAST * max(map(abs, values))
    )


def _ends(lines: list[list[Round]], panel: RoundPanel, low: float, high: float) -> list[LineEnd]:
    """The ends of the lines of a panel, in pixels above its bottom."""
    last = {line[0].series: estimate for line in lines for rung in line if (estimate := panel.estimate(rung))}
    return [LineEnd(arm_name(series), series.colour, PANEL * (panel.scale * estimate.mean - low) / (high - low))
            for series, estimate in last.items()]  # fmt: skip


def _line(line: list[Round], panel: RoundPanel, legend: bool) -> list[go.Scatter]:
    series, name = line[0].series, figures.text(arm_name(line[0].series))
    points = [(rung, estimate) for rung in line if (estimate := panel.estimate(rung))]
    if not points:
        return []
    hover = [
        f"{name}, round {rung.cell.round}, {percent(rung.left)} left<br>{panel.prefix(rung)}"
        f"{panel.scale * estimate.mean:,.6g}{panel.unit} (n = {estimate.n})" for rung, estimate in points
    ]  # fmt: skip
    curve = go.Scatter(
        x=[100 * rung.left for rung, _ in points], y=[panel.scale * estimate.mean for _, estimate in points],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 2},
        marker={"symbol": series.marker, "size": 7}, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    wide = [(100 * rung.left, estimate.interval) for rung, estimate in points if estimate.interval]
    return [*([figures.band(wide, panel.scale, series.colour, name)] if wide else []), curve]


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(rung.cell.value.n for rung in numbers.rounds if rung.cell.value)
    intervals = formats.with_interval([rung.cell.value for rung in numbers.rounds], numbers.confidence)
    stop = (
        " Early stop is the evaluation with the least validation loss; training continued after it." if any(
            rung.stop for rung in numbers.rounds) else " Without a validation split there is no early stop."
    )  # fmt: skip
    return f"Means over seeds ({n}){intervals}, one line per arm.{stop}"


def _computed(numbers: Numbers) -> str:
    stop = (
        " Networks that keep their trained weights have no early-stop step, since their step count continues. ≥: for "
        "some networks the loss was least at the last evaluation, and might fall further."
        if any(rung.stop for rung in numbers.rounds) else ""
    )  # fmt: skip
    intervals = formats.with_interval([rung.cell.value for rung in numbers.rounds], numbers.confidence)
    best = (
        " The best of R rounds may be best by chance. So it is chosen on validation, and its interval is taken at "
        "1 − α/R: it holds whichever round is chosen. The difference is clear if the paired t-test agrees. The test is "
        "adjusted by Holm for all rounds and outcomes of these sentences." if intervals else ""
    )  # fmt: skip
    return f"The draws of a control at one seed count as one value, their mean.{best}{stop}"


def _row(rung: Round, words: Unit) -> tuple[str, ...]:
    stop, value = rung.stop, rung.cell.value
    interval = f"{stop.low:,.0f} to {stop.high:,.0f}" if stop and stop.interval else NONE
    return (
        rung.series.label, str(rung.cell.round), formats.count(rung.cell.nonzero), percent(rung.left),
        words.value(value.mean if value else None), words.value_ends(value),
        f"{rung.loss.mean:.4f}" if rung.loss else NONE, words.value(rung.cell.best.mean if rung.cell.best else None),
        _at_least(rung) + _stop(rung), interval,
        f"{rung.seconds.mean:.1f}" if rung.seconds else NONE, str(value.n if value else 0),
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Arm", "Round", "Nonzero weights", "Weights left", words.heading, f"Interval{words.beside}",
               "Test loss", f"{formats.capital(words.noun)} at early stop", "Early-stop step", "Its interval",
               "Training time [s]", "n")  # fmt: skip
    rows = tuple(_row(rung, words) for rung in numbers.rounds)
    return (Table("Rounds", columns, rows, frozenset({"Arm"}), grouped=True),)


SECTION = Section(
    name="rounds",
    title="Rounds",
    question="How does each round of pruning change the outcome, and the steps to early stop?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
