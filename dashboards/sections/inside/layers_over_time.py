"""Heat maps of layers over training where weights are set to zero time and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os.path import commonprefix

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.multiples import TABLE_LOOKS, spread
from dashboards.draw.section import Section, Table
from dashboards.numbers.inside.end_ranks import EndRank, end_ranks, ratio, sparsest
from dashboards.numbers.inside.layers_over_time import (
    DEAD,
    PER_ZERO,
    RELATIVE,
    REVIVAL,
    OverTime,
    layers,
    layers_over_time,
)
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import formats
from dashboards.words.formats import count, level, percent

RANK_COLUMNS = ("Method", "Asked for", "Layer", "Effective rank", "Of the dense twin",
                "Of the twin's weights under random masks")  # fmt: skip
LAYER = 20  # pixels
HEAD = 74  # pixels between the heat maps of two series


@dataclass(frozen=True)
class HeatScale:
    """One column of heat maps: a metric, how it is coloured, and how it is said."""

    group: str
    title: str
    colours: str  # a scale that Plotly knows
    words: Callable[[float], str]
    most: float | None = None  # of the scale, which begins at 0; None: the greatest value
    middle: float | None = None  # of a scale with two ends


SHADES = (
    HeatScale(REVIVAL, "revived since the last look", "Greens", percent, most=1.0),
    HeatScale(DEAD, "dead units", "Oranges", percent, most=1.0),
    HeatScale(RELATIVE, "rank over the dense twin's", "RdBu", "{:.2f} ×".format, middle=1.0),
    HeatScale(PER_ZERO, "gradient per zero weight", "Viridis", "{:.2g}".format),
)


@dataclass(frozen=True)
class Numbers:
    """Layers over time, and what ranks came to."""

    series: tuple[OverTime, ...]
    ranks: tuple[EndRank, ...]


def _summarize(results: Results) -> Numbers | None:
    found = layers_over_time(results)
    if not found:
        return None
    shown = [cell for cell in sparsest(results) if cell.series in {one.series for one in found}]
    return Numbers(found, end_ranks(results, shown))


def _text(numbers: Numbers) -> tuple[str, ...]:
    """What the choice of the weights that go does to ranks, beyond what their number does."""
    by_series: dict[Series, list[EndRank]] = {}
    for one in numbers.ranks:
        by_series.setdefault(one.cell.series, []).append(one)
    return tuple(
        f"{series.label}, to {level(own[0].cell.level)}: over its layers the effective rank ends at "
        f"{ratio(own, 'twin'):.2f} times the dense twin's (geometric mean), and at {ratio(own, 'by_chance'):.2f} times "
        "that of the twin's weights under random masks that keep as many."
        for series, own in by_series.items()
    )


def _shades(found: tuple[OverTime, ...]) -> list[HeatScale]:
    return [shade for shade in SHADES if any(shade.group in one.means for one in found)]


def _draw(every: Numbers) -> go.Figure:
    numbers = every.series
    names, shades = layers(numbers), _shades(numbers)
    block = LAYER * max(len(names), 4) + HEAD
    figure = make_subplots(
        rows=len(numbers), cols=len(shades), shared_yaxes="all", horizontal_spacing=0.025,
        vertical_spacing=HEAD / (block * len(numbers)), column_titles=[shade.title for shade in shades],
    )  # fmt: skip
    for column, shade in enumerate(shades, 1):
        for row, one in enumerate(numbers, 1):
            figure.add_trace(_heat_map(one, shade, names, f"coloraxis{column}"), row=row, col=column)
        centre = sum(next(figure.select_xaxes(row=1, col=column)).domain) / 2
        figure.update_layout({f"coloraxis{column}": _scale(numbers, shade, centre, 0.8 / len(shades))})
    figures.styled(figure, block * len(numbers) + 150)
    figure.update_layout(margin={"t": 72, "b": 116})
    figures.name_rows(figure, [f"{one.series.label}, to {level(one.target)}" for one in numbers])
    figure.update_xaxes(type="category", showgrid=False, nticks=6, tickangle=0)
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    return figure.update_xaxes(title_text="step", row=len(numbers))


def _heat_map(one: OverTime, shade: HeatScale, names: list[str], scale: str) -> go.Heatmap:
    means, steps = one.means.get(shade.group, {}), one.steps(shade.group)
    grid = [[means.get((layer, step)) for step in steps] for layer in names]
    shown = _short(names)
    return go.Heatmap(
        x=[count(step) for step in steps], y=shown, z=grid, coloraxis=scale, xgap=1, ygap=1, hoverongaps=False,
        customdata=[["" if value is None else shade.words(value) for value in line] for line in grid],
        hovertemplate=f"%{{y}}, step %{{x}}<br>{shade.title}: %{{customdata}}<extra></extra>",
    )  # fmt: skip


def _short(names: list[str]) -> list[str]:
    """Without the modules that all of them are in."""
    shared = commonprefix(names).rpartition(".")[0] if len(names) > 1 else ""
    return [figures.text(name.removeprefix(f"{shared}.")) for name in names]


def _scale(numbers: tuple[OverTime, ...], shade: HeatScale, centre: float, length: float) -> dict:
    """One for all heat maps of a column, so that series can be held against each other."""
    found = [value for one in numbers for value in one.means.get(shade.group, {}).values()]
    bar = {"orientation": "h", "x": centre, "y": 0, "yref": "container", "yanchor": "bottom", "len": length,
           "thickness": 10, "outlinewidth": 0, "nticks": 6, "tickangle": 0}  # fmt: skip
    if shade.most == 1:
        bar |= {"tickvals": [0, 0.5, 1], "ticktext": ["0 %", "50 %", "100 %"]}
    if shade.middle is None:
        return {"colorscale": shade.colours, "cmin": 0, "cmax": shade.most or max(found), "colorbar": bar}
    reach = max(abs(value - shade.middle) for value in found) or 1.0
    return {"colorscale": shade.colours, "cmin": shade.middle - reach, "cmax": shade.middle + reach, "colorbar": bar}


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.n for one in numbers.series)
    return (
        f"Layers against steps, mean over seeds ({n}), each series at its greatest sparsity; hover for the figures. "
        "Revived: of the weights that were exactly zero at the last look, the fraction that is nonzero now. Dead: "
        "units where no weight comes in or none goes out. Rank: the effective rank over that of the dense twin's layer "
        "at the same step. Gradient: root mean square, on a fixed probe of training examples, at weights that are "
        "exactly zero. Blank where there is nothing to tell: no zeros in the layer, no such units, or no look that "
        "measures it, in this network or in its twin."
    )


def _tables(every: Numbers) -> tuple[Table, ...]:
    numbers = every.series
    shades = _shades(numbers)
    rows = tuple(
        (one.series.label, level(one.target), layer, count(step), *(_words(one, part, layer, step) for part in shades))
        for one in numbers
        for layer in layers(numbers)
        for step in _some(one, layer)
    )
    columns = ("Method", "Asked for", "Layer", "Step", *(formats.capital(shade.title) for shade in shades))
    title = f"Layers over training, at {TABLE_LOOKS} looks at most"
    words = frozenset({"Method", "Layer"})
    over_time = Table(title, columns, rows, words, grouped=True)
    ranks = Table("Effective ranks at the end", RANK_COLUMNS, tuple(map(_ranks, every.ranks)), words, grouped=True)
    return (over_time, ranks) if every.ranks else (over_time,)


def _ranks(one: EndRank) -> tuple[str, ...]:
    ranks = (one.own, one.twin, one.by_chance)
    return (one.cell.series.label, level(one.cell.level), one.layer, *(f"{rank:.1f}" for rank in ranks))


def _some(one: OverTime, layer: str) -> list[int]:
    """Evenly spread, the first and the last included."""
    steps = sorted({step for means in one.means.values() for known, step in means if known == layer})
    return [steps[place] for place in spread(len(steps))]


def _words(one: OverTime, shade: HeatScale, layer: str, step: int) -> str:
    value = one.means.get(shade.group, {}).get((layer, step))
    return formats.NONE if value is None else shade.words(value)


SECTION = Section(
    name="layers-over-time",
    title="Layers over training",
    question="Which layers give their weights up, and which take them back?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
