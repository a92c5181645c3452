"""Masks at initialisation against shuffled ones: the effect of the places that a method chooses."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import direct_labels, figures
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.lottery.places import ShuffledPair, shuffles
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import brief, formats
from dashboards.words.formats import level
from dashboards.words.units import WIDER, Unit, unit

PANEL = 240  # pixels: height of the panel
LEAST = 0.5  # margins: the least half-height of the figure for intervals
APART = 0.015  # fraction of a density: shift between lines, so that their intervals don't overlap
SHUFFLING = "Shuffling masks within their layers"


@dataclass(frozen=True)
class Numbers:
    """Every mask beside the shuffled ones, where both have finished."""

    pairs: tuple[ShuffledPair, ...]
    unit: Unit
    confidence: float

    @property
    def lines(self) -> dict[Series, list[ShuffledPair]]:
        """The pairs of each method."""
        return {series: [pair for pair in self.pairs if pair.series == series]
                for series in dict.fromkeys(pair.series for pair in self.pairs)}  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    pairs = tuple(pair for pair in shuffles(results) if pair.gain)
    return Numbers(pairs, unit(results.outcome), results.confidence) if pairs else None


def _finding(numbers: Numbers) -> str:
    """The methods whose places clearly matter, with the number of levels."""
    tested = [pair for pair in numbers.pairs if pair.p_value is not None]
    if not tested:
        return ""
    for verb, sign in (("hurts", 1), ("helps", -1)):
        counts = {series: sum(_verdict(pair, numbers.confidence) == sign for pair in line)
                  for series, line in numbers.lines.items()}  # fmt: skip
        parts = [f"{brief.name(series.label, 24)} at {number} of {len(numbers.lines[series])} levels"
                 for series, number in counts.items() if number]  # fmt: skip
        if parts:
            return brief.fitting(parts, f"{SHUFFLING} clearly {verb} ", ", ")
    return f"{SHUFFLING} makes no clear difference"


def _verdict(pair: ShuffledPair, confidence: float) -> int:
    """1: its own places are clearly better; -1: clearly worse; 0: not clear."""
    if pair.gain is None or not pair.clear(confidence):
        return 0
    return 1 if pair.gain.mean > 0 else -1


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(_sentence(series, line, numbers) for series, line in numbers.lines.items())


def _sentence(series: Series, line: list[ShuffledPair], numbers: Numbers) -> str:
    levels = [f"{numbers.unit.change(pair.gain)} at {level(pair.level)} sparsity{_judged(pair, numbers.confidence)}"
              for pair in line if pair.gain]  # fmt: skip
    return f"{series.label}, its own places minus shuffled ones: {'; '.join(levels)}."


def _judged(pair: ShuffledPair, confidence: float) -> str:
    if pair.p_value is None:
        return f", no verdict with n = {pair.gain.n}" if pair.gain else ""
    return {1: ", clearly better", -1: ", clearly worse", 0: ", not clear"}[_verdict(pair, confidence)]


def _draw(numbers: Numbers) -> go.Figure:
    figure, words = make_subplots(rows=1, cols=1), numbers.unit
    differences = {series: _differences(line, words) for series, line in numbers.lines.items()}
    every = [one for line in differences.values() for _, one in line]
    low, high = figures.framed([0.0, *(words.scale * one.mean for one in every)],
                               [0.0, *(figures.half(one, words.scale) for one in every)],
                               LEAST * words.scale * words.margin)  # fmt: skip
    for place, (series, line) in enumerate(differences.items()):
        figure.add_trace(_line(series, line, words, 1 + APART * (place - (len(differences) - 1) / 2)))
    figures.styled(figure, PANEL + 80)
    figures.over_density(figure, max(pair.level for pair in numbers.pairs))
    figure.update_xaxes(title_text="weights left (log scale)")
    figure.update_yaxes(range=[low, high], nticks=6, zeroline=True, zerolinecolor=figures.NEUTRAL,
                        title_text=f"own places − shuffled [{words.name}]")  # fmt: skip
    ends = [LineEnd(series.label, series.colour, PANEL * (words.scale * line[-1][1].mean - low) / (high - low))
            for series, line in differences.items()]  # fmt: skip
    return direct_labels.add(figure, ends, PANEL)


def _differences(line: list[ShuffledPair], words: Unit) -> list[tuple[float, Estimate]]:
    """The level and the difference of each pair."""
    return [(pair.level, difference) for pair in line if (difference := words.raw(pair.gain))]


def _line(series: Series, line: list[tuple[float, Estimate]], words: Unit, shift: float) -> go.Scatter:
    name = figures.text(series.label)
    return go.Scatter(
        x=[100 * (1 - sparsity) * shift for sparsity, _ in line],
        y=[words.scale * one.mean for _, one in line], mode="lines+markers", name=name,
        line={"color": series.colour, "dash": series.dash, "width": 1.5}, marker={"symbol": series.marker, "size": 7},
        error_y=figures.errors([one for _, one in line], words.scale, series.colour),
        hovertext=[f"{name}, {level(sparsity)} sparse<br>{words.difference(one.mean)} (n = {one.n})"
                   for sparsity, one in line],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    words, gains = numbers.unit, [pair.gain for pair in numbers.pairs]
    better = "Above" if words.outcome.more_is_better else "Below"
    return (
        f"{formats.capital(words.titled(numbers.pairs[0].own.split))} of the method's masks minus that of shuffled "
        f"ones, paired by seed ({formats.seeds(gain.n for gain in gains if gain)}): the mean"
        f"{formats.with_interval(gains, numbers.confidence)}. {better} 0, the method's own places are better."
    )


def _computed(numbers: Numbers) -> str:
    shuffled = (
        "A shuffled mask keeps as many weights in each layer as the method's own, at places drawn at random, and "
        "trains from the same first weights (Frankle et al. 2021). Where shuffling changes nothing, what the method "
        "chooses is only how many weights each layer keeps. Several draws at one seed count with their mean."
    )
    if not formats.with_interval([pair.gain for pair in numbers.pairs], numbers.confidence):
        return shuffled
    return (f"{shuffled} p comes from the paired t-test and needs {ENOUGH} seeds; it is adjusted by Holm over all "
            "methods and levels. Lines are shifted a little, so that their intervals can be seen.")  # fmt: skip


def _row(pair: ShuffledPair, words: Unit) -> tuple[str, ...]:
    own, shuffled, difference = pair.own.value, pair.shuffled.value, words.raw(pair.gain)
    return (
        pair.series.label, level(pair.level), words.value(own.mean if own else None),
        words.value(shuffled.mean if shuffled else None), words.difference(difference.mean if difference else None),
        words.ends(difference), words.ends(difference and difference.over_examples),
        formats.p_value(pair.p_value), str(len(pair.shuffled.runs)), str(difference.n if difference else 0),
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Method", "Sparsity", words.heading, "Shuffled", "Own minus shuffled", f"Interval [{words.name}]", WIDER,
               "p (Holm)", "Shuffled networks", "n")  # fmt: skip
    rows = tuple(_row(pair, words) for pair in numbers.pairs)
    table = Table("Masks and shuffled masks", columns, rows, frozenset({"Method"}), grouped=True)
    return (without_empty(table, {WIDER}),)


SECTION = Section(
    name="places",
    title="Shuffled masks",
    question="Do the places of these masks matter, or only how many weights each layer keeps?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
