"""Whether networks of different kinds lose differently: differences of differences."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.interaction import Interaction, interactions
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, Estimate, is_clear
from dashboards.words import formats
from dashboards.words.formats import level, listed
from dashboards.words.units import WIDER, Unit, unit

ROW_HEIGHT = 300  # pixels of one pair of kinds
LEAST = 1.0  # margins that are always shown of an interval
APART = 0.03  # of a density, by which lines are moved so that their intervals don't hide each other

Line = list[tuple[Interaction, Estimate]]  # those of one method that have an estimate, and that


@dataclass(frozen=True)
class Numbers:
    """Every interaction that the plan allows for."""

    found: tuple[Interaction, ...]
    unit: Unit
    confidence: float

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The kinds that are held against each other."""
        return list(dict.fromkeys((one.ours.kind, one.theirs.kind) for one in self.found))

    def of(self, pair: tuple[str, str]) -> dict[str, Line]:
        """The lines of a pair, by method."""
        lines: dict[str, Line] = {}
        for one in self.found:
            if one.difference and (one.ours.kind, one.theirs.kind) == pair:
                lines.setdefault(one.method, []).append((one, one.difference))
        return lines


def _summarize(results: Results) -> Numbers | None:
    found = interactions(cells(results), results.confidence)
    if not any(one.difference for one in found):
        return None
    return Numbers(found, unit(results.outcome), results.confidence)


def _text(numbers: Numbers) -> tuple[str, ...]:
    lines = [line for pair in numbers.pairs for line in numbers.of(pair).values()]
    return tuple(_sentence(line, numbers.unit, numbers.confidence) for line in lines)


def _sentence(line: Line, words: Unit, confidence: float) -> str:
    """One method: the largest difference between the two kinds, and at which levels it is more than chance."""
    most, difference = max(line, key=lambda pair: abs(pair[1].mean))
    found = difference.at(1 - (1 - confidence) / len(line))  # it was looked for among all levels
    times = f" at {most.times_the_training:.3g} times the training" if most.times_the_training else ""
    largest = f", the largest of {len(line)} levels" if len(line) > 1 else ""
    return (
        f"{most.method}: {most.ours.kind}'s difference to its twin less that of {most.theirs.kind} is "
        f"{words.spread(found)}, n = {found.n}, at {level(most.sparsity)} sparsity{times}{largest}. "
        f"{_verdict(line, words, confidence)}"
    )


def _verdict(line: Line, words: Unit, confidence: float) -> str:
    tested = [one for one, _ in line if one.p_value is not None]
    if not tested:
        return f"With n = {max(difference.n for _, difference in line)} this is no verdict; it takes {ENOUGH}."
    kind = tested[0].ours.kind
    clear = [one for one in tested if is_clear(one.p_value, confidence)]
    verdicts = {
        f"{kind} {words.surely} more": [one for one in clear if one.gain < 0],
        f"{kind} {words.surely} less": [one for one in clear if one.gain > 0],
        "it is not clear": [one for one in tested if not is_clear(one.p_value, confidence)],
        f"with fewer than {ENOUGH} seeds there is no verdict": [one for one, _ in line if one.p_value is None],
    }
    said = [(found, [level(one.sparsity) for one in these]) for found, these in verdicts.items() if these]
    return f"By Holm, {'; '.join(f'{found} at {listed(levels)}' for found, levels in said)}."


def _draw(numbers: Numbers) -> go.Figure:
    pairs, height = numbers.pairs, 110 + ROW_HEIGHT * len(numbers.pairs)
    figure = make_subplots(rows=len(pairs), cols=1, shared_xaxes="all", vertical_spacing=60 / height)
    methods = list(dict.fromkeys(one.method for one in numbers.found))
    named: set[str] = set()
    words = numbers.unit
    for row, pair in enumerate(pairs, 1):
        for method, line in numbers.of(pair).items():
            shift = 1 + APART * (methods.index(method) - (len(methods) - 1) / 2)
            figure.add_trace(_line(line, words, shift, legend=method not in named), row=row, col=1)
            named.add(method)
    figures.styled(figure, height)
    figures.over_density(figure, max(one.sparsity for one in numbers.found))
    if len(pairs) > 1:
        figures.name_rows(figure, [f"{ours} minus {theirs}" for ours, theirs in pairs])
        legend = {"yref": "paper", "y": 1 + 24 / (height - 110), "yanchor": "bottom"}  # above the first row's name
        figure.update_layout(legend=legend)
    figure.update_xaxes(title_text="prunable weights left (log scale)", row=len(pairs)).update_xaxes(
        showticklabels=True
    )
    for row, pair in enumerate(pairs, 1):
        shown = [difference for line in numbers.of(pair).values() for _, difference in line]
        if shown:
            values = [0.0, *(words.scale * one.mean for one in shown)]
            halves = [0.0, *(figures.half(one, words.scale) for one in shown)]
            extent = figures.framed(values, halves, LEAST * words.scale * numbers.unit.margin)
            figure.update_yaxes(range=extent, row=row, col=1)
    return figure.update_yaxes(title_text=f"difference of differences [{words.name}]", zeroline=True,
                               zerolinecolor=figures.NEUTRAL)  # fmt: skip


def _line(line: Line, words: Unit, shift: float, legend: bool) -> go.Scatter:
    """Drawn as the series of the first kind that is not the reference."""
    (first, _), *_ = line
    series, name = first.ours.cells[0].series, figures.text(first.method)
    return go.Scatter(
        x=[100 * (1 - one.sparsity) * shift for one, _ in line],
        y=[words.scale * difference.mean for _, difference in line],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 1.5}, marker={"symbol": series.marker, "size": 8},
        error_y=figures.errors([difference for _, difference in line], words.scale, series.colour),
        hovertext=[_hover(*pair, words) for pair in line], hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _hover(one: Interaction, difference: Estimate, words: Unit) -> str:
    sides = [f"{figures.text(side.kind)}: {words.difference(loss.mean if loss else None)}"
             for side, loss in ((one.ours, one.our_loss), (one.theirs, one.their_loss))]  # fmt: skip
    found = f"{words.difference(difference.mean)} (n = {difference.n})"
    return "<br>".join([f"{figures.text(one.method)}, {level(one.sparsity)} sparse: {found}", *sides])


def _caption(numbers: Numbers) -> str:
    words, worse = numbers.unit, "below" if numbers.unit.outcome.more_is_better else "above"
    split = formats.listed(sorted({cell.split for one in numbers.found for cell in one.ours.cells}))
    pairs = "; ".join(f"{ours} minus {theirs}" for ours, theirs in numbers.pairs)
    n = formats.seeds(one.difference.n for one in numbers.found if one.difference)
    intervals = formats.with_interval([one.difference for one in numbers.found], numbers.confidence)
    judged = (
        f" p is of the paired t-test, adjusted by Holm for all rows of the table, from {ENOUGH} seeds on. The interval "
        "of a largest difference is taken at 1 − α/R of R levels, so that it holds for all of them at once. Methods "
        "are moved aside a little so that their intervals can be seen; those much wider than the figure are cut off, "
        "and the table has them."
    )
    return (
        f"The difference to the dense twin of the one less that of the other ({pairs}): {worse} 0 the first "
        f"{words.surely} more. {formats.capital(words.on(split))} at the last step, paired by seed ({n}), the mean"
        f"{intervals}. Where a kind has several networks, each seed counts with the mean over them, if all of them "
        f"have it.{judged if intervals else ''}"
    )


def _row(one: Interaction, words: Unit) -> tuple[str, ...]:
    found = one.difference
    times = one.times_the_training
    return (
        one.method, level(one.sparsity), one.ours.kind, words.difference(one.our_loss.mean if one.our_loss else None),
        one.theirs.kind, words.difference(one.their_loss.mean if one.their_loss else None),
        words.difference(found.mean if found else None), words.ends(found), words.ends(found and found.over_examples),
        str(found.n if found else 0),
        formats.p_value(one.p_value), f"{times:.3g}" if times else "1",
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = ("Method", "Sparsity", "Networks", "Difference to dense", "Reference", "Its difference to dense",
               "Difference of differences", f"Interval [{numbers.unit.name}]", WIDER, "n", "p (Holm)",
               "Times the training")  # fmt: skip
    rows = tuple(_row(one, numbers.unit) for one in numbers.found)
    words = frozenset({"Method", "Networks", "Reference"})
    return (without_empty(Table("Differences of differences", columns, rows, words, grouped=True), {WIDER}),)


SECTION = Section(
    name="interaction",
    title="Network by network",
    question="Do networks of different kinds lose differently to sparsity?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
