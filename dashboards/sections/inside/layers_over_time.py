"""Heat maps of layers over training where weights are set to zero time and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.multiples import TABLE_LOOKS, spread
from dashboards.draw.section import Drawing, Section, Table
from dashboards.numbers.inside.end_ranks import EndRank, end_ranks, ratio, sparsest
from dashboards.numbers.inside.layer_maps import short_names
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
from dashboards.words import brief, formats
from dashboards.words.formats import count, level, percent

RANK_COLUMNS = ("Method", "Asked for", "Layer", "Effective rank", "Of the dense twin",
                "Of the twin's weights under random masks")  # fmt: skip
LAYER = 20  # pixels
HEAD = 74  # pixels between the heat maps of two series


@dataclass(frozen=True)
class HeatScale:
    """One figure: a metric, how it is coloured, and what its values are called."""

    group: str
    name: str  # in the figure's address
    title: str
    colours: str  # a scale that Plotly knows
    words: Callable[[float], str]
    most: float | None = None  # of the scale, which begins at 0; None: the greatest value
    middle: float | None = None  # of a scale with two ends


SHADES = (
    HeatScale(REVIVAL, "revival", "revived since the last look", "Greens", percent, most=1.0),
    HeatScale(DEAD, "dead", "dead units", "Oranges", percent, most=1.0),
    HeatScale(RELATIVE, "rank", "rank over the dense twin's", "RdBu", "{:.2f} ×".format, middle=1.0),
    HeatScale(PER_ZERO, "gradient", "gradient per zero weight", "Viridis", "{:.2g}".format),
)


@dataclass(frozen=True)
class Numbers:
    """Layers over time, and what ranks came to."""

    series: tuple[OverTime, ...]
    ranks: tuple[EndRank, ...]


def _summarize(results: Results) -> Numbers | None:
    followed = layers_over_time(results)
    if not followed:
        return None
    shown = [cell for cell in sparsest(results) if cell.series in {one.series for one in followed}]
    return Numbers(followed, end_ranks(results, shown))


def _finding(numbers: Numbers) -> str:
    """How ranks end beside the dense twins'; without them, how many zeros a layer takes back at most."""
    ratios = {series: ratio(ranks, "twin") for series, ranks in _by_series(numbers).items()}
    if ratios:
        low, high = brief.factor(min(ratios.values())), brief.factor(max(ratios.values()))
        span = low if low == high else f"{low} to {high}"
        return f"Effective ranks of layers end at {span} times the dense twin's"
    revived = [(value, layer, one) for one in numbers.series
               for (layer, _), value in one.means.get(REVIVAL, {}).items()]  # fmt: skip
    if not revived:
        return ""
    most, layer, one = max(revived, key=lambda each: each[0])
    if not most:
        return "No layer takes a weight back that was zero"
    name = brief.name(_short(layers(numbers.series))[layer], 20)
    return (
        f"Between two looks, at most {brief.share(most)} of the zeros in {name} come back "
        f"({brief.name(one.series.label, 24)})"
    )


def _by_series(numbers: Numbers) -> dict[Series, list[EndRank]]:
    by_series: dict[Series, list[EndRank]] = {}
    for one in numbers.ranks:
        by_series.setdefault(one.cell.series, []).append(one)
    return by_series


def _text(numbers: Numbers) -> tuple[str, ...]:
    """What the choice of the weights that go does to ranks, beyond what their number does."""
    return tuple(
        f"{series.label}, to {level(ranks[0].cell.level)}: over its layers the effective rank ends at "
        f"{ratio(ranks, 'twin'):.2f} times the dense twin's (geometric mean), and at {ratio(ranks, 'by_chance'):.2f} "
        "times that of the twin's weights under random masks that keep as many."
        for series, ranks in _by_series(numbers).items()
    )


def _shades(followed: tuple[OverTime, ...]) -> list[HeatScale]:
    return [shade for shade in SHADES if any(shade.group in one.means for one in followed)]


def _drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """A figure for each metric, with a heat map for each series."""
    names = layers(numbers.series)
    return tuple(Drawing(_figure(numbers.series, shade, names), shade.name, formats.capital(shade.title), size="half")
                 for shade in _shades(numbers.series))  # fmt: skip


def _figure(numbers: tuple[OverTime, ...], shade: HeatScale, names: list[str]) -> go.Figure:
    shown = [one for one in numbers if shade.group in one.means]
    block = LAYER * max(len(names), 4) + HEAD
    figure = make_subplots(rows=len(shown), cols=1, vertical_spacing=HEAD / (block * len(shown)))
    for row, one in enumerate(shown, 1):
        figure.add_trace(_heat_map(one, shade, names), row=row, col=1)
    figures.styled(figure, block * len(shown) + 90)
    figure.update_layout(margin={"t": 32, "b": 100, "r": 12}, coloraxis=_scale(shown, shade))
    figures.name_rows(figure, [f"{one.series.label}, to {level(one.target)}" for one in shown])
    figure.update_xaxes(type="category", showgrid=False, nticks=5, tickangle=0)
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    return figure.update_xaxes(title_text="step", row=len(shown))


def _heat_map(one: OverTime, shade: HeatScale, names: list[str]) -> go.Heatmap:
    means, steps = one.means[shade.group], one.steps(shade.group)
    grid = [[means.get((layer, step)) for step in steps] for layer in names]
    return go.Heatmap(
        x=[count(step) for step in steps], y=[figures.text(name) for name in _short(names).values()], z=grid,
        coloraxis="coloraxis", xgap=1, ygap=1, hoverongaps=False,
        customdata=[["" if value is None else shade.words(value) for value in line] for line in grid],
        hovertemplate=f"%{{y}}, step %{{x}}<br>{shade.title}: %{{customdata}}<extra></extra>",
    )  # fmt: skip


def _short(names: list[str]) -> dict[str, str]:
    return dict(zip(names, short_names(names), strict=True))


def _scale(shown: list[OverTime], shade: HeatScale) -> dict:
    """One for all heat maps of a figure, so that series can be compared."""
    values = [value for one in shown for value in one.means[shade.group].values()]
    bar = {"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "len": 0.9, "thickness": 10,
           "outlinewidth": 0, "nticks": 5, "tickangle": 0}  # fmt: skip
    if shade.most == 1:
        bar |= {"tickvals": [0, 0.5, 1], "ticktext": ["0 %", "50 %", "100 %"]}
    if shade.middle is None:
        return {"colorscale": shade.colours, "cmin": 0, "cmax": shade.most or max(values), "colorbar": bar}
    reach = max(abs(value - shade.middle) for value in values) or 1.0
    bar |= {"ticksuffix": " ×"}
    return {"colorscale": shade.colours, "cmin": shade.middle - reach, "cmax": shade.middle + reach, "colorbar": bar}


def _caption(every: Numbers) -> str:
    n = formats.seeds(one.n for one in every.series)
    return (
        f"Layers against steps, mean over seeds ({n}, no interval), each series at its greatest sparsity. Blank: "
        "nothing to measure at that look."
    )


def _computed(every: Numbers) -> str:
    del every
    return (
        "Revived: of the weights that were exactly zero at the last look, the fraction that is nonzero now. Dead: "
        "units where no weight comes in or none goes out. Rank: the effective rank over that of the dense twin's layer "
        "at the same step. Gradient: root mean square, on a fixed probe of training examples, at weights that are "
        "exactly zero. A field is blank where the layer has no zeros or no such units, or where this network or its "
        "twin was not measured at that look."
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
    ranks = (one.rank, one.twin, one.by_chance)
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
    finding=_finding,
    text=_text,
    drawings=_drawings,
    caption=_caption,
    computed=_computed,
    tables=_tables,
    folded=True,
)
