"""Whether different methods keep the same weights."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.draw import figures
from dashboards.draw.names import shortened
from dashboards.draw.section import Section, one_table
from dashboards.numbers.inside.between_methods import Alike, alikes
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import brief, formats
from dashboards.words.formats import level, percent

Numbers = tuple[Alike, ...]
ROW_HEIGHT, FRAME = 30, 110  # pixels of a method, and of the names below
LETTERS = 16  # of a name beside the matrix
SHADES = ((0, "#F1F4FA"), (1, "#7C9BD6"))  # from chance to the most alike; for light and dark screens
ON_SHADES = "#000000"  # at a contrast of 7.5 or more
COLUMNS = ("Methods", "Sparsity", "Overlap", "By chance", "From chance to equal [%]", "Interval [%]", "n")


def _summarize(results: Results) -> Numbers | None:
    return alikes(results) or None


def _shown(numbers: Numbers) -> list[Alike]:
    """The sparsest level of the network with most pairs."""
    groups: dict[tuple[frozenset, float], list[Alike]] = {}
    for one in numbers:
        groups.setdefault((one.first.workload, one.sparsity), []).append(one)
    return max(groups.values(), key=lambda pairs: (len(pairs), pairs[0].sparsity))


def _finding(numbers: Numbers) -> str:
    """The two methods that are most alike at the level that is drawn."""
    most = max(_shown(numbers), key=lambda one: one.excess.mean)
    names = [brief.name(series.label, 18) for series in (most.first, most.second)]
    where = f"At {brief.left(most.sparsity)} of the weights"
    if most.excess.mean < 0.005:
        return f"{where}, no two methods keep more weights in common than chance gives"
    return f"{where}, {names[0]} and {names[1]} are most alike: {brief.share(most.excess.mean)} from chance to equal"


def _draw(numbers: Numbers) -> go.Figure:
    shown = _shown(numbers)
    series = list(dict.fromkeys(line for one in shown for line in (one.first, one.second)))
    of_pair = {(one.second, one.first): one for one in shown}  # below the diagonal
    rows, columns = series[1:], series[:-1]
    grid = [[of_pair.get((row, column)) for column in columns] for row in rows]
    figure = go.Figure(go.Heatmap(
        x=list(range(len(columns))), y=list(range(len(rows))),
        z=[[one and 100 * one.excess.mean for one in line] for line in grid],
        text=[[f"{100 * one.excess.mean:.0f}" if one else "" for one in line] for line in grid],
        texttemplate="%{text}", textfont={"size": 11, "color": ON_SHADES}, xgap=2, ygap=2, hoverongaps=False,
        colorscale=SHADES, zmin=0, zmax=max(1.0, *(100 * one.excess.mean for one in shown)), showscale=False,
        customdata=[[_hover(one) if one else "" for one in line] for line in grid],
        hovertemplate="%{customdata}<extra></extra>",
    ))  # fmt: skip
    figures.styled(figure, ROW_HEIGHT * len(rows) + FRAME)
    figure.update_layout(margin={"l": 112, "r": 8, "t": 8, "b": FRAME - 16})
    figure.update_xaxes(showgrid=False, tickangle=-90, **_ticks(columns))
    return figure.update_yaxes(showgrid=False, autorange="reversed", **_ticks(rows))


def _ticks(series: list[Series]) -> dict[str, list]:
    return {"tickvals": list(range(len(series))), "ticktext": [shortened(line.label, LETTERS) for line in series]}


def _hover(one: Alike) -> str:
    return (
        f"{figures.text(one.first.label)} and {figures.text(one.second.label)}, {level(one.sparsity)} sparse<br>"
        f"{percent(one.index)} of the weights that either keeps, {percent(one.chance)} by chance"
    )


def _caption(numbers: Numbers) -> str:
    shown = _shown(numbers)
    return (
        f"Masks of two methods of one seed at {level(shown[0].sparsity)} sparsity, mean over seeds "
        f"({formats.seeds(one.excess.n for one in shown)}): how far their overlap is from chance (0) towards equal "
        "masks (100). The table has every level."
    )


def _computed(numbers: Numbers) -> str:
    intervals = formats.with_interval([one.excess for one in numbers], numbers[0].excess.confidence)
    shown = f" The table has the mean{intervals} over seeds." if intervals else ""
    return (
        "Overlap is the Jaccard index over all layers: of the weights that either mask keeps, the share that both "
        "keep. Chance keeps as many weights in every layer, at places drawn at random. Shown is (overlap − chance) / "
        "(1 − chance). Networks of one seed start from the same weights, so units correspond. Methods that draw their "
        f"masks at random are left out.{shown}"
    )


def _row(one: Alike) -> tuple[str, ...]:
    return (
        f"{one.first.label} and {one.second.label}", level(one.sparsity), percent(one.index), percent(one.chance),
        f"{100 * one.excess.mean:.2f}", formats.ends(one.excess, lambda share: f"{100 * share:.2f}"), str(one.excess.n),
    )  # fmt: skip


SECTION = Section(
    name="between-methods",
    title="Masks of different methods",
    question="Do different methods keep the same weights?",
    summarize=_summarize,
    finding=_finding,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table("Overlap of masks between methods", COLUMNS, {"Methods"}, lambda numbers: map(_row, numbers)),
    folded=True,
)
