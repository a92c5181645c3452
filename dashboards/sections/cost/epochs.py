"""Time per epoch, and whether sparsity saved any."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.draw import figures
from dashboards.draw.section import Section, one_table
from dashboards.numbers.cells.outcomes import mean_of
from dashboards.numbers.cost.epochs import Epoch, epochs
from dashboards.numbers.cost.simulated import SAID
from dashboards.numbers.factors.networks import methods
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import POSITIVE, Estimate
from dashboards.words import formats
from dashboards.words.formats import level, listed

ROW_HEIGHT = 52  # pixels of one series
LEAST = 0.1  # of a multiple's interval that is always shown
COLUMNS = ("Method", "Sparsity", "Time per epoch [s]", "Interval [s]", "n", "Times the dense twin's", "Interval",
           "Zeros")  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """Every cell that has been timed."""

    epochs: tuple[Epoch, ...]
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    found = epochs(results)
    return Numbers(found, results.confidence) if found else None


def _text(numbers: Numbers) -> tuple[str, ...]:
    paired = [one for one in numbers.epochs if one.times and one.cell.sparsity > 0]
    called = methods(one.cell.series for one in paired)
    said = [_sentence(label, [one for one in paired if one.cell.series.how == how], numbers.confidence)
            for how, label in called.items()]  # fmt: skip
    return (*said, SAID) if any(one.simulated for one in numbers.epochs) else tuple(said)


def _sentence(method: str, own: list[Epoch], confidence: float) -> str:
    """One method: its time per epoch as a multiple of the twin's, at the densest and the sparsest level."""
    levels: dict[float, list[Epoch]] = {}
    for one in own:
        levels.setdefault(one.cell.level, []).append(one)
    ends = {end: mean_of([one.ratios for one in levels[end]]) for end in (min(levels), max(levels))}
    found = {end: ratios.estimate(confidence, POSITIVE) for end, ratios in ends.items()}
    told = [f"{_told(times)} times{of} at {level(end)} sparsity" for of, (end, times)
            in zip((" as long as its dense twin's", ""), found.items(), strict=False) if times]  # fmt: skip
    networks = len({one.cell.series for one in own})
    on = f", on {networks} networks" if networks > 1 else ""
    zeros = "simulated sparsity" if any(one.simulated for one in own) else "no zeros multiplied"
    n = formats.seeds(times.n for times in found.values() if times)
    return f"An epoch of {method} takes {listed(told)}{on} ({n}, {zeros})."


def _told(times: Estimate) -> str:
    return f"{times.mean:.2f}" + (f" ({times.low:.2f} to {times.high:.2f})" if times.interval else "")


def _draw(numbers: Numbers) -> go.Figure | None:
    """A row for each series."""
    paired = [(one, one.times) for one in numbers.epochs if one.times]
    if not paired:
        return None
    figure = go.Figure()
    series = list(dict.fromkeys(one.cell.series for one, _ in paired))
    for row, own in enumerate(series):
        figure.add_trace(_row_of(row, own, [pair for pair in paired if pair[0].cell.series == own]))
    figures.styled(figure, 100 + ROW_HEIGHT * len(series))
    figures.name_lines(figure, [own.label for own in series])
    figure.add_vline(1, line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"})
    figure.update_layout(showlegend=False, margin={"t": 24})
    halves = [0.0, 0.0, *(figures.half(times, 1) for _, times in paired)]
    extent = figures.framed([0.0, 1.0, *(times.mean for _, times in paired)], halves, LEAST)
    return figure.update_xaxes(range=[0, extent[1]], title_text="times the dense twin's time per epoch")


def _row_of(row: int, series: Series, own: list[tuple[Epoch, Estimate]]) -> go.Scatter:
    """Open markers where zeros were multiplied."""
    name = figures.text(series.label)
    return go.Scatter(
        x=[times.mean for _, times in own], y=[row] * len(own), mode="markers", name=name,
        marker={"symbol": [series.marker + ("-open" if one.simulated else "") for one, _ in own], "size": 9,
                "color": series.colour},
        error_x=figures.errors([times for _, times in own], 1, series.colour),
        hovertext=[f"{name}, {level(one.cell.level)} sparse<br>{times.mean:.2f} times its twin's, "
                   f"{one.seconds.mean:.3g} s (n = {times.n})" for one, times in own],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.seconds.n for one in numbers.epochs)
    intervals = formats.with_interval([one.times for one in numbers.epochs], numbers.confidence)
    return (
        "Time in training steps, measuring left out, over all steps of the path, for as many steps as an epoch has: as "
        f"a multiple of the dense twin's, paired by seed, the mean ({n}){intervals}, a marker for each sparsity. "
        "Sentences name the densest and the sparsest level of a method, the mean over its networks. Open markers: "
        "simulated sparsity, zeros were multiplied. Left of the dotted line epochs were shorter. Trials that ran side "
        "by side may have slowed each other. Intervals much wider than the figure are cut off; the table has them, and "
        "the seconds."
    )


def _row(one: Epoch) -> tuple[str, ...]:
    zeros = "multiplied" if one.simulated else "none"
    return (
        one.cell.series.label, one.cell.at, f"{one.seconds.mean:.3g}", _interval(one.seconds),
        str(one.seconds.n), f"{one.times.mean:.2f}" if one.times else formats.NONE, _interval(one.times), zeros,
    )  # fmt: skip


def _interval(one: Estimate | None) -> str:
    return f"{one.low:.3g} to {one.high:.3g}" if one and one.interval else formats.NONE


SECTION = Section(
    name="epochs",
    title="Time per epoch",
    question="Does an epoch take less time where there are fewer weights?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=one_table("Time per epoch", COLUMNS, {"Method", "Zeros"}, lambda numbers: map(_row, numbers.epochs)),
)
