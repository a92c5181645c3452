"""What is left in each layer: weights and living units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Section, Table
from dashboards.numbers.inside.layers import LayerLeft, layers_left
from dashboards.read.results import Results
from dashboards.words import formats

ROW_HEIGHT = 38  # pixels of one layer
HEAD = 46  # pixels between the heat maps of two series


def _summarize(results: Results) -> tuple[LayerLeft, ...] | None:
    found = layers_left(results)
    return found or None


def _density(one: LayerLeft | None) -> float | None:
    return None if one is None or one.density is None else 100 * one.density


def _dead(one: LayerLeft | None) -> float | None:
    return None if one is None or one.dead is None else 100 * one.dead


def _kept_text(one: LayerLeft | None) -> str:
    if one is None or one.density is None:
        return ""
    return formats.level(round(one.density, 4)) if one.kept is None else formats.compact(one.kept)


def _dead_text(one: LayerLeft | None) -> str:
    return "" if one is None or one.dead is None else f"{100 * one.dead:.0f} %"


def _hover(one: LayerLeft | None) -> str:
    if one is None:
        return ""
    weights = f"{formats.count(one.kept)} of {formats.count(one.weights)} weights left"
    return f"{weights}<br>{formats.percent(one.dead)} of units dead"


@dataclass(frozen=True)
class Shade:
    """One column of heat maps: what colours a field, in percent, and what is written in it."""

    title: str
    legend: str
    colours: str  # a scale that Plotly knows
    percent: Callable[[LayerLeft | None], float | None]
    text: Callable[[LayerLeft | None], str]
    centre: float  # of its colour bar, as a share of the figure's width


SHADES = (
    Shade("weights left", "of the layer's weights left", "Blues", _density, _kept_text, 0.235),
    Shade("dead units", "of its units dead", "Oranges", _dead, _dead_text, 0.765),
)


def _draw(numbers: tuple[LayerLeft, ...]) -> go.Figure | None:
    shown = list(dict.fromkeys(one.series for one in numbers if not one.series.dense))
    if not shown:
        return None
    layers = list(dict.fromkeys(one.layer for one in numbers))
    levels = sorted({one.sparsity for one in numbers if not one.series.dense})
    block = ROW_HEIGHT * len(layers) + HEAD
    figure = make_subplots(
        rows=len(shown), cols=2, shared_xaxes="all", shared_yaxes="all", horizontal_spacing=0.03,
        vertical_spacing=HEAD / (block * len(shown)), column_titles=[shade.title for shade in SHADES],
    )  # fmt: skip
    for row, series in enumerate(shown, 1):
        own = {(one.layer, one.sparsity): one for one in numbers if one.series == series}
        grid = [[own.get((layer, level)) for level in levels] for layer in layers]
        for column, shade in enumerate(SHADES, 1):
            figure.add_trace(_heat_map(grid, layers, levels, shade, scaled=row == 1), row=row, col=column)
    figures.styled(figure, block * len(shown) + 160)
    figure.update_layout(margin={"t": 64, "b": 116})
    figures.name_rows(figure, [series.label for series in shown])
    figure.update_xaxes(type="category", showgrid=False).update_yaxes(autorange="reversed", showgrid=False)
    return figure.update_xaxes(title_text="sparsity", row=len(shown))


def _heat_map(
    grid: list[list[LayerLeft | None]], layers: list[str], levels: list[float], shade: Shade, scaled: bool
) -> go.Heatmap:
    return go.Heatmap(
        x=[formats.level(level) for level in levels],
        y=[figures.text(layer) for layer in layers],
        z=[[shade.percent(one) for one in line] for line in grid],
        text=[[shade.text(one) for one in line] for line in grid],
        texttemplate="%{text}",
        textfont={"size": 11},
        customdata=[[_hover(one) for one in line] for line in grid],
        hovertemplate="%{y}, %{x} sparse<br>%{customdata}<extra></extra>",
        hoverongaps=False,
        colorscale=shade.colours,
        zmin=0,
        zmax=100,
        xgap=2,
        ygap=2,
        showscale=scaled,
        colorbar={"orientation": "h", "x": shade.centre, "y": 0, "yref": "container", "yanchor": "bottom", "len": 0.36,
                  "thickness": 10, "ticksuffix": " %", "outlinewidth": 0, "title": {"text": shade.legend}},
    )  # fmt: skip


def _caption(numbers: tuple[LayerLeft, ...]) -> str:
    del numbers
    return (
        "Means over seeds at the last look; hover for exact counts. A unit is dead where no weight comes in or none "
        "goes out; on no path where no weights lead from the input through it to the output; without effect where it "
        "is zero, behind the activation, for every validation example. A small dense network has narrower layers, so "
        "its counts are small while nothing in it is zero. Empty fields were not recorded: the units of an output "
        "layer are no neurons to lose."
    )


def _tables(numbers: tuple[LayerLeft, ...]) -> tuple[Table, ...]:
    rows = tuple(
        (one.series.label, formats.level(one.sparsity), one.layer, formats.count(one.weights), formats.count(one.kept),
         formats.percent(one.density), formats.percent(one.dead), formats.percent(one.dead_structural),
         formats.percent(one.dead_functional))
        for one in numbers
    )  # fmt: skip
    columns = ("Method", "Sparsity", "Layer", "Weights", "Left", "Left", "Dead units", "On no path", "Without effect")
    return (
        Table(
            "Weights and dead units by layer at the last look",
            columns,
            rows,
            frozenset({"Method", "Layer"}),
            grouped=True,
        ),
    )


SECTION = Section(
    name="layers",
    title="What is left in each layer",
    question="Is there a layer that sparsity starves?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
