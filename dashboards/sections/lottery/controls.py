"""Lottery tickets against their controls: what the ticket owes to its first weights, its places and its search."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import direct_labels, figures
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.lottery.tickets import Contrast, arm_name, contrasts, rounds
from dashboards.read.results import Results
from dashboards.sections.lottery.contrasts import sentences_on
from dashboards.statistics.estimates import ENOUGH, Estimate, is_clear
from dashboards.words import brief, formats
from dashboards.words.formats import NONE, percent, times
from dashboards.words.units import WIDER, Unit, unit

PANEL, GAP = 220, 44  # pixels: the height of a panel, and between two
LEAST = 0.5  # margins that are always shown of an interval
APART = 0.015  # of a density, by which lines are moved so that their intervals don't hide each other


@dataclass(frozen=True)
class Numbers:
    """Every control's rounds against the tickets'."""

    contrasts: tuple[Contrast, ...]
    unit: Unit
    confidence: float

    @property
    def lines(self) -> list[list[Contrast]]:
        """Control by control."""
        series = dict.fromkeys(one.control.series for one in self.contrasts)
        return [[one for one in self.contrasts if one.control.series == control] for control in series]

    @property
    def early(self) -> bool:
        """Whether there is an early stop at all."""
        return any(one.early for one in self.contrasts)


def _summarize(results: Results) -> Numbers | None:
    pairs = contrasts(rounds(results), results.confidence)
    if not any(one.last for one in pairs):
        return None
    return Numbers(pairs, unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    """In how many rounds tickets are clearly better, or worse, than each control at the last step."""
    tested = [(line[0].control.series.arm, [one for one in line if one.p_last is not None]) for line in numbers.lines]
    tested = [(arm, line) for arm, line in tested if line]
    if not tested:
        return ""
    gains = {arm: [one.last.mean for one in line if one.last and is_clear(one.p_last, numbers.confidence)]
             for arm, line in tested}  # fmt: skip
    of = {arm: len(line) for arm, line in tested}
    better = {arm: sum(mean > 0 for mean in means) for arm, means in gains.items() if max(means, default=0) > 0}
    worse = {arm: sum(mean < 0 for mean in means) for arm, means in gains.items() if min(means, default=0) < 0}
    if not (better or worse):
        return "At the last step, tickets and their controls do not clearly differ"
    parts = [f"clearly {verb} " + ", ".join(f"{arm} in {count} of {of[arm]}" for arm, count in counts.items())
             for verb, counts in (("beat", better), ("lose to", worse)) if counts]  # fmt: skip
    sentence = f"Tickets {'; '.join(parts)} rounds"
    if len(sentence) <= brief.LONGEST:
        return sentence
    return f"In some round, tickets clearly beat {len(better)} of {len(of)} controls; they clearly lose to {len(worse)}"


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(" ".join(sentences_on(line, numbers.unit, numbers.confidence)) for line in numbers.lines)


def _times(one: Contrast) -> str:
    """A bound where the validation loss of controls, and of no ticket, was still falling at the end."""
    if one.slower is None or one.ticket.falling:
        return NONE
    return ("≥ " if one.control.falling else "") + times(one.slower)


def _draw(numbers: Numbers) -> go.Figure:
    rows, words = 2 if numbers.early else 1, numbers.unit
    height = (PANEL + GAP) * rows + 80
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=GAP / height if rows > 1 else 0)
    ends: list[LineEnd] = []
    for row in range(1, rows + 1):
        lines = [(place, pairs) for place, line in enumerate(numbers.lines) if (pairs := _pairs(line, words, row))]
        for place, pairs in lines:
            shift = 1 + APART * (place - (len(numbers.lines) - 1) / 2)
            figure.add_trace(_line(pairs, words, shift, legend=row == 1), row=row, col=1)
        low, high = _extent([difference for _, pairs in lines for _, difference in pairs], words)
        figure.update_yaxes(range=[low, high], nticks=6, row=row, col=1)
        if row == 1:
            ends = [_end(pairs, words, low, high) for _, pairs in lines]
    figures.styled(figure, height)
    figures.name_rows(figure, [f"ticket − control {when} [{words.name}]"
                               for when in ("at the last step", "at early stop")[:rows]])  # fmt: skip
    figures.over_density(figure, 1 - min(one.ticket.left for one in numbers.contrasts))
    figure.update_xaxes(title_text="weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(zeroline=True, zerolinecolor=figures.NEUTRAL)
    return direct_labels.add(figure, ends, PANEL)


def _pairs(line: list[Contrast], words: Unit, row: int) -> list[tuple[Contrast, Estimate]]:
    """The rounds of a control that have a difference: at the last step in row 1, at early stop in row 2."""
    return [(one, difference) for one in line if (difference := words.raw(one.last if row == 1 else one.early))]


def _extent(shown: list[Estimate], words: Unit) -> list[float]:
    values = [0.0, *(words.scale * one.mean for one in shown)]
    halves = [0.0, *(figures.half(one, words.scale) for one in shown)]
    return figures.framed(values, halves, LEAST * words.scale * words.margin)


def _end(pairs: list[tuple[Contrast, Estimate]], words: Unit, low: float, high: float) -> LineEnd:
    series, (_, last) = pairs[0][0].control.series, pairs[-1]
    return LineEnd(arm_name(series), series.colour, PANEL * (words.scale * last.mean - low) / (high - low))


def _line(pairs: list[tuple[Contrast, Estimate]], words: Unit, shift: float, legend: bool) -> go.Scatter:
    series = pairs[0][0].control.series
    name = figures.text(arm_name(series))
    hover = [f"ticket − {name}, round {one.ticket.cell.round}, {percent(one.ticket.left)} left<br>"
             f"{words.difference(estimate.mean)} (n = {estimate.n})" for one, estimate in pairs]  # fmt: skip
    return go.Scatter(
        x=[100 * one.ticket.left * shift for one, _ in pairs], y=[words.scale * estimate.mean for _, estimate in pairs],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 1.5}, marker={"symbol": series.marker, "size": 7},
        error_y=figures.errors([one for _, one in pairs], words.scale, series.colour),
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.last.n for one in numbers.contrasts if one.last)
    intervals = formats.with_interval([one.last for one in numbers.contrasts], numbers.confidence)
    words = numbers.unit
    title = formats.capital(words.titled(numbers.contrasts[0].ticket.cell.split))
    better = "Above" if words.outcome.more_is_better else "Below"
    return (
        f"{title} of the ticket less that of the control of the same round, paired by seed ({n}), the mean"
        f"{intervals}. {better} 0 the ticket is better."
    )


def _computed(numbers: Numbers) -> str:
    intervals = formats.with_interval([one.last for one in numbers.contrasts], numbers.confidence)
    judged = (
        "p is of the paired t-test, adjusted by Holm over all rounds, controls and outcomes of the table, from "
        f"{ENOUGH} seeds on. The interval of a largest difference or ratio is taken at 1 − α/R of R rounds, so that it "
        "holds for all of them at once. Lines are moved aside a little, so that their intervals can be seen; intervals "
        "much wider than the figure are cut off, and the table has them."
    )
    stop = "Early stop: the least validation loss; ≥ where that of some controls was least at their last look."
    return " ".join([*([judged] if intervals else []), *([stop] if numbers.early else [])])


def _row(one: Contrast, words: Unit) -> tuple[str, ...]:
    last, early = words.raw(one.last), words.raw(one.early)
    return (
        one.control.series.label, str(one.ticket.cell.round), percent(one.ticket.left),
        words.difference(last.mean if last else None), words.ends(last), words.ends(last and last.over_examples),
        formats.p_value(one.p_last),
        words.difference(early.mean if early else None), words.ends(early), formats.p_value(one.p_early),
        _times(one), formats.p_value(one.p_slower), str(last.n if last else 0),
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = ("Control", "Round", "Weights left", "Ticket minus control", f"Interval [{numbers.unit.name}]", WIDER,
               "p (Holm)", "At early stop", f"Its interval [{numbers.unit.name}]", "Its p (Holm)",
               "Early stop, times the ticket's", "Of that p (Holm)", "n")  # fmt: skip
    rows = tuple(_row(one, numbers.unit) for one in numbers.contrasts)
    table = Table("Ticket minus control", columns, rows, frozenset({"Control"}), grouped=True)
    return (without_empty(table, {WIDER}),)


SECTION = Section(
    name="controls",
    title="Controls",
    question="What does a ticket owe to its first weights, to the places of its mask, and to the search for it?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
