"""Masks that move: how much of the network they visit, and how many weights each update replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures, legends, multiples
from dashboards.draw.section import Section, one_table
from dashboards.numbers.training.moving import Movement, first_move, movements
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import brief, formats
from dashboards.words.formats import count, level, listed, percent

Numbers = tuple[Movement, ...]
ROW_HEIGHT, HEAD = 200, 58  # pixels of a row with its head, and of the head
MOST_ROWS = 4  # levels that are drawn
MARKS = 6  # on a line, evenly spaced
KEPT = "weights kept at the end"
COLUMNS = ("Method", "Sparsity", "Updates", "First at step", "Last at step", "Replaced at the first [%]",
           "At the last [%]", "Mean of all [%]", "Ever kept [%]", "Interval [%]", "Times the weights kept",
           "n")  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    return movements(results) or None


def _series(numbers: Numbers) -> list[Series]:
    return list(dict.fromkeys(one.series for one in numbers))


def _sparsest(numbers: Numbers) -> list[Movement]:
    """The sparsest cell of each series."""
    return list({one.series: one for one in numbers}.values())


def _finding(numbers: Numbers) -> str:
    """Of the methods that do not start dense, at the sparsest level: the places that each has ever kept."""
    sparse = [one for one in numbers if not one.starts_dense]
    if not sparse:
        return "Masks that move start dense here, so they have kept every weight at some time"
    sparsest = max(one.cell.level for one in sparse)
    last = sorted((one for one in sparse if one.cell.level == sparsest), key=lambda one: -one.visited.mean)
    parts = [f"{brief.name(one.series.label, 24)} {brief.share(one.visited.mean)}" for one in last]
    lead = f"Masks that keep {brief.left(sparsest)} of the weights have tried, by the end: "
    return brief.fitting(parts, lead, ", ")


def _text(numbers: Numbers) -> tuple[str, ...]:
    return (*map(_sentence, _sparsest(numbers)), *_cold_starts(_series(numbers)))


def _sentence(one: Movement) -> str:
    """One series at its sparsest level."""
    steps, shares = list(one.churn), list(one.churn.values())
    lead = f"{one.series.label} at {level(one.cell.level)} sparsity"
    if steps:
        span = f"at step {count(steps[0])}" if len(steps) == 1 else f"from step {count(steps[0])} to {count(steps[-1])}"
        updates = "1 update" if len(steps) == 1 else f"{len(steps)} updates"
        lead += f": {updates} {span}, which replace {percent(fmean(shares))} of the weights kept, on average"
    if one.starts_dense:
        return f"{lead}. It starts dense, so it has kept every weight at some time."
    interval = f" ({_ends(one)} %)" if one.visited.interval else ""
    return (f"{lead}. By the end it has kept {percent(one.visited.mean)}{interval} of all weights at some time, "
            f"{one.times_kept:.3g} times the {percent(one.kept)} that it keeps.")  # fmt: skip


def _cold_starts(series: Sequence[Series]) -> list[str]:
    """The sentence on regrown weights under Adam; nothing for other optimizers."""
    moves = {line: move for line in series if (move := first_move(line)) is not None}
    if not moves:
        return []
    lengths = listed(sorted({f"{move:.2g}" for move in moves.values()}, key=float))
    whose = "" if len(moves) == len(series) else f" ({listed([line.label for line in moves])})"
    return [
        f"Under Adam{whose}, a regrown weight starts with running means of zero, but shares its step count with "
        f"weights that have trained all along. So its first move may be up to {lengths} learning rates long."
    ]


def _ends(one: Movement) -> str:
    return formats.ends(one.visited, lambda share: f"{100 * share:.2f}")


def _draw(numbers: Numbers) -> go.Figure:
    levels = sorted({one.cell.level for one in numbers})
    levels = [levels[place] for place in multiples.spread(len(levels), MOST_ROWS)]
    height = 150 + ROW_HEIGHT * len(levels)
    figure = make_subplots(
        rows=len(levels), cols=2, shared_xaxes="all", horizontal_spacing=0.09, vertical_spacing=HEAD / height,
        column_titles=["ever kept", "replaced at an update"],
    )  # fmt: skip
    for one in _sparsest(numbers):
        figure.add_trace(_line(one, {}), row=1, col=1)  # the legend would show a line's first marker
    for row, sparsity in enumerate(levels, 1):
        for one in [one for one in numbers if one.cell.level == sparsity]:
            for column, values in enumerate(({} if one.starts_dense else one.explored, one.churn), 1):
                if values:
                    figure.add_trace(_line(one, values), row=row, col=column)
        figure.add_trace(_kept(numbers, sparsity, legend=row == 1), row=row, col=1)
    figures.styled(figure, height)
    legends.above(figure, [*(series.label for series in _series(numbers)), KEPT], titles=60)
    figures.name_rows(figure, [f"{brief.left(sparsity)} left" for sparsity in levels])
    figure.update_xaxes(showticklabels=True, rangemode="tozero", nticks=4, tickangle=0, tickformat=",")
    figure.update_xaxes(title_text="step", row=len(levels))
    return figure.update_yaxes(rangemode="tozero", nticks=5, ticksuffix=" %")


def _line(one: Movement, values: Mapping[int, float]) -> go.Scatter:
    """The mean over seeds by update; without any, the series' name in the legend."""
    series, name, marked = one.series, figures.text(one.series.label), multiples.spread(len(values), MARKS)
    steps, shares = ([*values], [100 * value for value in values.values()]) if values else ([None], [None])
    return go.Scatter(
        x=steps, y=shares, mode="lines+markers",
        name=name, legendgroup=name, showlegend=not values,
        line={"color": series.colour, "dash": series.dash, "width": 1.8},
        marker={"symbol": series.marker, "opacity": 1, "line": {"width": 0},
                "size": [7 if place in marked else 0 for place in range(len(values))] or 8},
        hovertemplate=f"{name}, {level(one.cell.level)} sparse<br>step %{{x:,}}: %{{y:.4g}} %<extra></extra>",
    )  # fmt: skip


def _kept(numbers: Numbers, sparsity: float, legend: bool) -> go.Scatter:
    """What masks that never move would have tried."""
    steps = [step for one in numbers if one.cell.level == sparsity for step in one.explored]
    left = 100 * (1 - sparsity)
    return go.Scatter(x=[0, max(steps)], y=[left, left], mode="lines", name=KEPT, legendgroup=KEPT, showlegend=legend,
                      line={"color": figures.NEUTRAL, "dash": "dot", "width": 1.5}, hoverinfo="skip")  # fmt: skip


def _caption(numbers: Numbers) -> str:
    several = len({one.cell.level for one in numbers}) > MOST_ROWS
    more = " Further levels stand in the table." if several else ""
    if any(one.starts_dense for one in numbers):
        more = f" Methods that start dense have kept every weight at some time, so they have no line there.{more}"
    return (
        f"Means over seeds ({formats.seeds(one.visited.n for one in numbers)}, no interval) against optimizer steps, "
        "at each update of the masks. Right: the share of the weights kept before an update that the update removed. "
        f"Left: the share of all prunable weights that any mask has kept so far.{more}"
    )


def _computed(numbers: Numbers) -> str:
    intervals = formats.with_interval([one.visited for one in numbers], numbers[0].visited.confidence)
    shown = " The table has the last value with its interval over seeds." if intervals else ""
    return (
        "Weights ever kept, of all prunable weights, are the exploration of Liu et al. (2021): masks that never move "
        "stay at the dotted line. Weights that an update removes and takes back at once are not counted as replaced."
        f"{shown}"
    )


def _row(one: Movement) -> tuple[str, ...]:
    steps, shares = list(one.churn), list(one.churn.values())
    churn = [f"{100 * share:.2f}" for share in (shares[0], shares[-1], fmean(shares))] if shares else [formats.NONE] * 3
    ends = [count(steps[0]), count(steps[-1])] if steps else [formats.NONE] * 2
    return (
        one.series.label, level(one.cell.level), str(len(steps)), *ends, *churn, f"{100 * one.visited.mean:.2f}",
        _ends(one), f"{one.times_kept:.3g}", str(one.visited.n),
    )  # fmt: skip


SECTION = Section(
    name="moving",
    title="Masks that move",
    question="How much of the network do masks that move visit?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table("Updates of masks that move", COLUMNS, {"Method"}, lambda numbers: map(_row, numbers)),
)
