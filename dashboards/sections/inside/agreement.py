"""Whether different seeds keep the same weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log10
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures, legends
from dashboards.draw.section import Section, one_table
from dashboards.numbers.inside.agreement import Agreement, agreements
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import brief, formats
from dashboards.words.formats import level, percent

Numbers = tuple[Agreement, ...]
ALL = "all layers"
MOST_ROWS = 5  # of the figure, all layers together among them
ROW_HEIGHT = 190  # pixels
HEAD = 62  # of these, between the panels of two rows
DENSE_TICKS = 0.08  # of the weights left: where more are left, ticks at 50 and 20 percent are needed too
LEAST = 0.1  # of chance, that the second column shows above and below it
FEW = 10  # weights in common by chance, below which a ratio does not stretch the second column's axis
COLUMNS = ("Method", "Sparsity", "Layer", "Weights kept", "Overlap", "Least and greatest [%]", "By chance",
           "Overlap / chance", "Pairs of seeds", "Clearly beyond chance")  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    return agreements(results) or None


def _series(numbers: Numbers) -> list[Series]:
    return list(dict.fromkeys(one.series for one in numbers))


def _layers(numbers: Numbers) -> list[str | None]:
    return list(dict.fromkeys(one.layer for one in numbers))


def _finding(numbers: Numbers) -> str:
    """Of the series that agrees most beyond chance, where it is sparsest."""
    last = {one.series: one for one in numbers if one.layer is None}
    most = max(last.values(), key=lambda one: one.index / one.chance)
    whose = "" if len(last) == 1 else f" of {brief.name(most.series.label, 20)}"
    return (
        f"At {brief.left(most.sparsity)} of the weights, masks of two seeds{whose} share {brief.share(most.index)} of "
        f"theirs; chance gives {brief.share(most.chance)}"
    )


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(_sentence([one for one in numbers if one.series == series]) for series in _series(numbers))


def _sentence(series_cells: list[Agreement]) -> str:
    """One series: how much its sparsest masks agree, where that is more than chance, and in which layer."""
    whole = [one for one in series_cells if one.layer is None]
    last = whole[-1]
    pairs = f"{len(last.pairs)} pairs, {_extent(last)} %" if len(last.pairs) > 1 else "1 pair"
    sentence = (
        f"{last.series.label} at {level(last.sparsity)} sparsity: of the weights that either of two seeds keeps, both "
        f"keep {percent(last.index)} ({pairs}); chance gives {percent(last.chance)}. {_verdict(whole)}"
    )
    layers = [one for one in series_cells if one.layer is not None and one.sparsity == last.sparsity]
    if len(layers) < 2 or not last.beyond:
        return sentence
    nearest, furthest = (end(layers, key=lambda one: one.index / one.chance) for end in (min, max))
    return f"{sentence} Furthest above chance there is {_of_layer(furthest)}, least so {_of_layer(nearest)}."


def _of_layer(one: Agreement) -> str:
    return f"{one.layer} ({percent(one.index)} against {percent(one.chance)})"


def _extent(one: Agreement) -> str:
    return " to ".join(f"{100 * end:.2f}" for end in one.extent)


def _verdict(whole: list[Agreement]) -> str:
    clear = [one for one in whole if one.beyond == len(one.pairs)]
    if not clear:
        clear_pairs, pairs = sum(one.beyond for one in whole), sum(len(one.pairs) for one in whole)
        return f"Over all sparsities {clear_pairs} of {pairs} overlaps are clearly more than chance."
    where = f"at {len(clear)} of {len(whole)} sparsities"
    if len(clear) == len(whole):
        where = "at every sparsity"
    elif clear == whole[-len(clear) :]:
        where = f"from {level(clear[0].sparsity)} sparsity on, not before"
    return f"Every pair of seeds agrees clearly more than chance {where}."


def _draw(numbers: Numbers) -> go.Figure:
    layers = _layers(numbers)[:MOST_ROWS]
    height = 150 + ROW_HEIGHT * len(layers)
    figure = make_subplots(
        rows=len(layers), cols=2, shared_xaxes="all", shared_yaxes="columns", horizontal_spacing=0.09,
        vertical_spacing=HEAD / height, column_titles=["overlap", "times chance"],
    )  # fmt: skip
    for row, layer in enumerate(layers, 1):
        for series in _series(numbers):
            if line := [one for one in numbers if one.series == series and one.layer == layer]:
                _add(figure, line, row)
    figure.add_trace(_line([None], [None], {"color": figures.NEUTRAL, "dash": "dot"}, name="by chance"), row=1, col=1)
    figures.styled(figure, height)
    legends.above(figure, [*(series.label for series in _series(numbers)), "by chance"], titles=56)
    figures.name_rows(figure, [layer or ALL for layer in layers])
    figures.over_density(figure, max(one.sparsity for one in numbers))
    figure.update_xaxes(**_few_ticks(min(1 - one.sparsity for one in numbers)), showticklabels=True, tickangle=0)
    figure.update_xaxes(title_text="weights left (log scale)", row=len(layers))
    low, high = log10(100 * min(_least(one) for one in numbers)), log10(100)
    ticks = [tick for tick in figures.DENSITY_TICKS if log10(tick) > low and (low > 0 or log10(tick) % 1 == 0)]
    figure.update_yaxes(type="log", range=[low - 0.1, high + 0.1], tickvals=ticks,
                        ticktext=[f"{tick:g} %" for tick in ticks], col=1)  # fmt: skip
    times = [end / one.chance for one in numbers if one.layer in layers and one.expected >= FEW for end in one.extent]
    figure.update_yaxes(range=figures.framed([1 - LEAST, 1 + LEAST, *times], [0.0] * (2 + len(times)), LEAST),
                        ticksuffix=" ×", nticks=5, col=2)  # fmt: skip
    return figure.update_yaxes(showticklabels=True)


def _few_ticks(least: float) -> dict[str, Any]:
    """Of the shares left, down to `least`: two panels beside each other have room for few on a phone."""
    ticks = [tick for tick in figures.DENSITY_TICKS if log10(tick) % 1 == 0 or least > DENSE_TICKS]
    return {"tickvals": ticks, "ticktext": [f"{tick:g} %" for tick in ticks]}


def _least(one: Agreement) -> float:
    """Of what the first column shows; 0 has no place on a log scale."""
    return min(value for value in (*one.extent, one.chance) if value > 0)


def _add(figure: go.Figure, line: list[Agreement], row: int) -> None:
    """The overlap beside chance, and as a multiple of chance."""
    series, name = line[0].series, figures.text(line[0].series.label)
    look = {"color": series.colour, "dash": series.dash, "width": 2}
    chance = {"color": series.colour, "dash": "dot", "width": 1.5}
    shown = {"name": name, "legendgroup": name, "marker": {"symbol": series.marker, "size": 7},
             "mode": "lines+markers", "hovertext": [_hover(one) for one in line]}  # fmt: skip
    xs = [100 * (1 - one.sparsity) for one in line]
    columns = (
        (lambda one, index: 100 * index, [100 * one.chance for one in line]),
        (lambda one, index: index / one.chance, [1.0 for _ in line]),
    )
    for column, (value, by_chance) in enumerate(columns, 1):
        figure.add_trace(_band(xs, line, value), row=row, col=column)
        figure.add_trace(_line(xs, by_chance, chance, legendgroup=name, showlegend=False), row=row, col=column)
        ys = [value(one, one.index) or None for one in line]
        figure.add_trace(_line(xs, ys, look, **shown, showlegend=row == column == 1), row=row, col=column)


def _line(xs: Sequence[float | None], ys: Sequence[float | None], look: dict, **more: Any) -> go.Scatter:
    hover = "%{hovertext}<extra></extra>" if "hovertext" in more else None
    return go.Scatter(x=xs, y=ys, line=look, **{"mode": "lines", "hoverinfo": None if hover else "skip"} | more,
                      hovertemplate=hover)  # fmt: skip


def _band(xs: list[float], line: list[Agreement], value: Callable[[Agreement, float], float]) -> go.Scatter:
    """From the least to the greatest overlap of any pair."""
    low, high = ([value(one, one.extent[end]) or None for one in line] for end in (0, 1))
    series = line[0].series
    return go.Scatter(
        x=xs + xs[::-1], y=high + low[::-1], fill="toself", fillcolor=figures.translucent(series.colour, 0.18),
        line={"width": 0}, mode="lines", hoverinfo="skip", legendgroup=figures.text(series.label), showlegend=False,
    )  # fmt: skip


def _hover(one: Agreement) -> str:
    return (
        f"{figures.text(one.series.label)}, {level(one.sparsity)} sparse, {figures.text(one.layer or ALL)}<br>"
        f"{percent(one.index)} of the weights that either of two seeds keeps<br>{percent(one.chance)} by chance"
    )


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(len(one.pairs) for one in numbers).removeprefix("n = ")
    more = " Further layers stand in the table." if len(_layers(numbers)) > MOST_ROWS else ""
    return (
        "Overlap: of the weights that either of two masks keeps, the share that both keep. Mean over the pairs of "
        f"seeds ({n}); the band runs from the least to the greatest pair and is no interval. Dotted: what chance gives."
        f"{more}"
    )


def _computed(numbers: Numbers) -> str:
    few = any(one.expected < FEW for one in numbers)
    beyond = f" Ratios to fewer than {FEW} weights in common by chance may lie beyond the axis." if few else ""
    return (
        "Overlap is the Jaccard index. Pairs share seeds, so they give no interval. Chance keeps as many weights in "
        "every layer, at places drawn at random: the mean of a hypergeometric distribution. An overlap is clearly more "
        "where Bernstein's bound on the tail says so, adjusted by Holm for all overlaps of the table. Masks are "
        "compared weight by weight, and hidden units of two seeds do not correspond: agreement tells of places that "
        "matter to both, such as inputs, and not that both are the same network. Methods that draw their masks at "
        f"random are left out.{beyond}"
    )


def _row(one: Agreement) -> tuple[str, ...]:
    return (
        one.series.label, level(one.sparsity), one.layer or ALL, formats.count(one.kept), percent(one.index),
        _extent(one), percent(one.chance), f"{one.index / one.chance:.3g}", str(len(one.pairs)), str(one.beyond),
    )  # fmt: skip


SECTION = Section(
    name="agreement",
    title="Masks of different seeds",
    question="Do different seeds keep the same weights?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table(
        "Overlap of masks between seeds", COLUMNS, {"Method", "Layer"}, lambda numbers: map(_row, numbers)
    ),  # fmt: skip
    folded=True,
)
