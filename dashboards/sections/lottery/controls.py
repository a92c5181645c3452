"""Lottery tickets against their controls: the effects of first weights, of the mask's places, and of the search."""

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

PANEL, GAP = 220, 44  # pixels: height of a panel, and space between panels
LEAST = 0.5  # margins: the least half-height of the figure for intervals
APART = 0.015  # fraction of a density: shift between lines, so that their intervals don't overlap


@dataclass(frozen=True)
class Numbers:
    """The rounds of every control against the tickets."""

    contrasts: tuple[Contrast, ...]
    unit: Unit
    confidence: float

    @property
    def lines(self) -> list[list[Contrast]]:
        """The contrasts of each control."""
        series = dict.fromkeys(pair.control.series for pair in self.contrasts)
        return [[pair for pair in self.contrasts if pair.control.series == control] for control in series]

    @property
    def early(self) -> bool:
        """Whether any contrast has an early stop."""
        return any(pair.early for pair in self.contrasts)


def _summarize(results: Results) -> Numbers | None:
    pairs = contrasts(rounds(results), results.confidence)
    if not any(pair.last for pair in pairs):
        return None
    return Numbers(pairs, unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    """The numbers of rounds with clearly better and clearly worse tickets at the last step, by control."""
    tested = [
        (line[0].control.series.arm, [pair for pair in line if pair.p_last is not None]) for line in numbers.lines
    ]
    tested = [(arm, line) for arm, line in tested if line]
    if not tested:
        return ""
    gains = {arm: [pair.last.mean for pair in line if pair.last and is_clear(pair.p_last, numbers.confidence)]
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


def _times(pair: Contrast) -> str:
    """The ratio of steps; a lower bound if the validation loss was still falling at the end for controls only."""
    if pair.slower is None or pair.ticket.falling:
        return NONE
    return ("≥ " if pair.control.falling else "") + times(pair.slower)


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
    figures.over_density(figure, 1 - min(pair.ticket.left for pair in numbers.contrasts))
    figure.update_xaxes(title_text="weights left (log scale)", row=rows, col=1)
    figure.update_yaxes(zeroline=True, zerolinecolor=figures.NEUTRAL)
    return direct_labels.add(figure, ends, PANEL)


def _pairs(line: list[Contrast], words: Unit, row: int) -> list[tuple[Contrast, Estimate]]:
    """The rounds of a control that have a difference: at the last step in row 1, at early stop in row 2."""
    return [(pair, difference) for pair in line if (difference := words.raw(pair.last if row == 1 else pair.early))]


def _extent(differences: list[Estimate], words: Unit) -> list[float]:
    values = [0.0, *(words.scale * difference.mean for difference in differences)]
    halves = [0.0, *(figures.half(difference, words.scale) for difference in differences)]
    return figures.framed(values, halves, LEAST * words.scale * words.margin)


def _end(pairs: list[tuple[Contrast, Estimate]], words: Unit, low: float, high: float) -> LineEnd:
    series, (_, last) = pairs[0][0].control.series, pairs[-1]
    return LineEnd(arm_name(series), series.colour, PANEL * (words.scale * last.mean - low) / (high - low))


def _line(pairs: list[tuple[Contrast, Estimate]], words: Unit, shift: float, legend: bool) -> go.Scatter:
    series = pairs[0][0].control.series
    name = figures.text(arm_name(series))
    hover = [f"ticket − {name}, round {pair.ticket.cell.round}, {percent(pair.ticket.left)} left<br>"
             f"{words.difference(estimate.mean)} (n = {estimate.n})" for pair, estimate in pairs]  # fmt: skip
    return go.Scatter(
        x=[100 * pair.ticket.left * shift for pair, _ in pairs],
        y=[words.scale * estimate.mean for _, estimate in pairs],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 1.5}, marker={"symbol": series.marker, "size": 7},
        error_y=figures.errors([estimate for _, estimate in pairs], words.scale, series.colour),
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(pair.last.n for pair in numbers.contrasts if pair.last)
    intervals = formats.with_interval([pair.last for pair in numbers.contrasts], numbers.confidence)
    words = numbers.unit
    title = formats.capital(words.titled(numbers.contrasts[0].ticket.cell.split))
    better = "Above" if words.outcome.more_is_better else "Below"
    return (
        f"{title} of the ticket minus that of the control of the same round, paired by seed ({n}): the "
        f"mean{intervals}. {better} 0, the ticket is better."
    )


def _computed(numbers: Numbers) -> str:
    intervals = formats.with_interval([pair.last for pair in numbers.contrasts], numbers.confidence)
    judged = (
        f"p comes from the paired t-test and needs {ENOUGH} seeds. It is adjusted by Holm over all rounds, controls "
        "and outcomes of the table. The interval of a largest difference or ratio is taken at 1 − α/R for R rounds, so "
        "that it holds for all of them at once. Lines are shifted a little, so that their intervals can be seen. "
        "Intervals much wider than the figure are cut off; the table has them."
    )
    stop = "Early stop is the evaluation with the least validation loss. ≥: for some controls, that was the last one."
    return " ".join([*([judged] if intervals else []), *([stop] if numbers.early else [])])


def _row(pair: Contrast, words: Unit) -> tuple[str, ...]:
    last, early = words.raw(pair.last), words.raw(pair.early)
    return (
        pair.control.series.label, str(pair.ticket.cell.round), percent(pair.ticket.left),
        words.difference(last.mean if last else None), words.ends(last), words.ends(last and last.over_examples),
        formats.p_value(pair.p_last),
        words.difference(early.mean if early else None), words.ends(early), formats.p_value(pair.p_early),
        _times(pair), formats.p_value(pair.p_slower), str(last.n if last else 0),
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = ("Control", "Round", "Weights left", "Ticket minus control", f"Interval [{numbers.unit.name}]", WIDER,
               "p (Holm)", "At early stop", f"Its interval [{numbers.unit.name}]", "Its p (Holm)",
               "Early stop, times the ticket's", "Of that p (Holm)", "n")  # fmt: skip
    rows = tuple(_row(pair, numbers.unit) for pair in numbers.contrasts)
    table = Table("Ticket minus control", columns, rows, frozenset({"Control"}), grouped=True)
    return (without_empty(table, {WIDER}),)


SECTION = Section(
    name="controls",
    title="Controls",
    question="Which part of a ticket matters: its first weights, the places of its mask, or the search for it?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
