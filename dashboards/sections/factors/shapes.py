"""Depth by width: what sparsity costs networks of different shapes."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.effects import Effect, effects
from dashboards.numbers.factors.shapes import Condition, Map, ShapePlace, maps
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, is_clear
from dashboards.statistics.sizes import TOLERANCE
from dashboards.words import formats
from dashboards.words.formats import compact, count, level
from dashboards.words.units import WIDER, Unit, unit

ROW_HEIGHT = 46  # pixels of one depth
HEAD = 96  # pixels between the maps of two rows


@dataclass(frozen=True)
class Numbers:
    """Every map that has two pairs or more, and what depth and width do on it."""

    maps: tuple[Map, ...]
    effects: tuple[Effect, ...]
    unit: Unit
    confidence: float

    @property
    def drawn(self) -> tuple[Map, ...]:
        """What the figure shows: where methods can be held against each other, nothing that one of them has alone."""
        methods = {one.condition: {other.method for other in self.maps if other.condition == one.condition}
                   for one in self.maps}  # fmt: skip
        common = tuple(one for one in self.maps if len(methods[one.condition]) > 1)
        return common or self.maps

    @property
    def rows(self) -> list[str]:
        """What stands in a row of the figure: a method on a family of networks."""
        return list(dict.fromkeys(one.name for one in self.drawn))

    @property
    def conditions(self) -> list[Condition]:
        """What stands in a column: sparsities, the least first, then numbers of weights, the greatest first."""
        found = {one.condition for one in self.drawn}
        return sorted(found, key=lambda one: (one.sparsity is None, one.sparsity or -(one.count or 0)))


def _held(condition: Condition) -> str:
    """The condition in words."""
    if condition.sparsity is not None:
        return f"{level(condition.sparsity)} removed"
    return f"{count(condition.count)} weights left"


def _words(end: int | tuple[int, ...]) -> str:
    """A depth or a width."""
    return str(end) if isinstance(end, int) else "-".join(map(str, end)) or formats.NONE


def _summarize(results: Results) -> Numbers | None:
    found = maps(cells(results))
    if not found:
        return None
    along = effects(found, results.confidence)
    return Numbers(found, along, unit(results.outcome), results.confidence)


def _text(numbers: Numbers) -> tuple[str, ...]:
    of_map = [[one for one in numbers.effects if one.map is shown] for shown in numbers.maps]
    return tuple(_sentence(own, numbers.unit, numbers.confidence) for own in of_map if own)


def _sentence(own: list[Effect], words: Unit, confidence: float) -> str:
    few = min(one.change.n for one in own)
    verdict = "" if few >= ENOUGH else f" With n = {few} this is no verdict; it takes {ENOUGH}."
    said = "; ".join(_said(one, words, confidence) for one in own)
    return f"{own[0].map.name} with {_held(own[0].map.condition)}: {said}.{verdict}"


def _said(one: Effect, words: Unit, confidence: float) -> str:
    over = f", the mean over {one.pairs} pairs of networks" if one.pairs > 1 else ""
    said = (
        f"from {one.axis} {_words(one.low)} to {_words(one.high)} the difference to the twin changes by "
        f"{words.spread(one.change)}{over}"
    )
    return said if one.p_value is None else f"{said}, {_verdict(one, confidence)}"


def _verdict(one: Effect, confidence: float) -> str:
    return formats.NONE if one.p_value is None else "clear" if is_clear(one.p_value, confidence) else "not clear"


def _draw(numbers: Numbers) -> go.Figure:
    rows, conditions = numbers.rows, numbers.conditions
    depths = max(len({place.depth for place in one.fields}) for one in numbers.drawn)
    block = ROW_HEIGHT * depths + HEAD
    figure = make_subplots(
        rows=len(rows), cols=len(conditions), horizontal_spacing=0.06 if len(conditions) < 8 else 0.02,
        vertical_spacing=HEAD / (block * len(rows)), column_titles=[_held(one) for one in conditions],
    )  # fmt: skip
    for one in numbers.drawn:
        row, column = rows.index(one.name) + 1, conditions.index(one.condition) + 1
        figure.add_trace(_heat_map(one, numbers.unit), row=row, col=column)
    figures.styled(figure, block * len(rows) + 150)
    figure.update_layout(margin={"t": 64, "b": 130}, coloraxis=_colours(numbers))
    figures.name_rows(figure, rows)
    figure.update_xaxes(type="category", showgrid=False, title_text="width", title_standoff=4)
    figure.update_yaxes(type="category", showgrid=False).update_yaxes(title_text="depth", col=1)
    drawn = {(rows.index(one.name) + 1, conditions.index(one.condition) + 1) for one in numbers.drawn}
    for row in range(1, len(rows) + 1):
        for column in range(1, len(conditions) + 1):
            if (row, column) not in drawn:
                figure.update_xaxes(visible=False, row=row, col=column).update_yaxes(visible=False, row=row, col=column)
    return figure


def _heat_map(one: Map, words: Unit) -> go.Heatmap:
    widths = sorted({place.width for place in one.fields})
    depths = sorted({place.depth for place in one.fields})
    grid = [[one.fields.get(ShapePlace(depth, width)) for width in widths] for depth in depths]
    return go.Heatmap(
        x=[_words(width) for width in widths], y=[str(depth) for depth in depths],
        z=[[_loss(cell, words) for cell in line] for line in grid],
        text=[[_field(cell, one.condition, words) for cell in line] for line in grid],
        texttemplate="%{text}", textfont={"size": 11}, coloraxis="coloraxis", xgap=2, ygap=2, hoverongaps=False,
        customdata=[[_hover(cell, words) for cell in line] for line in grid],
        hovertemplate="depth %{y}, width %{x}<br>%{customdata}<extra></extra>",
    )  # fmt: skip


def _loss(cell: Cell | None, words: Unit) -> float | None:
    return None if cell is None or cell.gain is None else -words.scale * cell.gain.mean


def _field(cell: Cell | None, condition: Condition, words: Unit) -> str:
    """The loss, and of sparsity and number of weights the one that the fields of a map do not share."""
    if cell is None or cell.difference is None:
        return ""
    of_cell = f"{100 * cell.sparsity:.3g} %", compact(cell.nonzero) if cell.nonzero else ""
    return f"{words.bare(cell.difference.mean)}<br>{of_cell[condition.sparsity is not None]}"


def _hover(cell: Cell | None, words: Unit) -> str:
    if cell is None or cell.difference is None:
        return ""
    return (
        f"{level(cell.sparsity)} sparse, {count(cell.nonzero)} of {count(cell.prunable)} weights left<br>"
        f"{words.difference(cell.difference.mean)} to {_value(cell, words)} (n = {cell.difference.n})"
    )


def _value(cell: Cell, words: Unit) -> str:
    return words.value(cell.value.mean if cell.value else None)


def _colours(numbers: Numbers) -> dict:
    """One scale for all maps, from no loss to the largest."""
    words, fields = numbers.unit, [cell for one in numbers.drawn for cell in one.fields.values()]
    losses = [loss for cell in fields if (loss := _loss(cell, words)) is not None]
    bar = {"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "len": 0.6, "thickness": 10,
           "ticksuffix": f" {words.name}", "outlinewidth": 0, "title": {"text": "lost to the dense twin"}}  # fmt: skip
    return {
        "colorscale": "Oranges",
        "cmin": min(0, *losses),
        "cmax": max(words.scale * numbers.unit.margin / 100, *losses),
        "colorbar": bar,
    }


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(cell.difference.n for one in numbers.maps for cell in one.fields.values() if cell.difference)
    intervals = formats.with_interval([one.change for one in numbers.effects], numbers.confidence)
    judged = (f" Clear or not by the paired t-test, adjusted by Holm for all changes in the table, from {ENOUGH} seeds "
              "on.")  # fmt: skip
    second = "the number of weights left"
    if any(one.condition.sparsity is None for one in numbers.drawn):
        second += f", or the sparsity where the number is the same in all fields, to {level(TOLERANCE)}"
    left_out = " What one method alone has stands in the table." if len(numbers.drawn) < len(numbers.maps) else ""
    words = numbers.unit
    splits = formats.listed(sorted({cell.split for one in numbers.maps for cell in one.fields.values()}))
    points = "percentage points" if words.scale == 100 else words.name
    return (
        f"Mean difference of {words.on(splits)} to the dense twin at the last step, paired by seed ({n}), in {points}; "
        f"below it {second}. Depth is the number of hidden layers whose sizes differ between networks, width "
        "the size of the first of them, or all sizes where the first leaves a tie. One colour scale for all maps. "
        f"Empty fields were not planned or have no finished pair.{left_out} Sentences pair the networks at both ends "
        f"of one axis that are equal on the other, by seed: the mean change{intervals}.{judged if intervals else ''}"
    )


def _rows(one: Map, words: Unit) -> list[tuple[str, ...]]:
    return [_row(one, place, one.fields[place], words) for place in sorted(one.fields)]


def _row(one: Map, place: ShapePlace, cell: Cell, words: Unit) -> tuple[str, ...]:
    found = cell.difference
    return (
        one.name, _held(one.condition), str(place.depth), _words(place.width), level(cell.sparsity),
        count(cell.nonzero),
        words.difference(found.mean if found else None), words.ends(found), str(found.n if found else 0),
        _value(cell, words), words.value(cell.twins),
    )  # fmt: skip


def _effect_row(one: Effect, words: Unit, confidence: float) -> tuple[str, ...]:
    return (
        one.map.name, _held(one.map.condition), f"{one.axis} {_words(one.low)} to {_words(one.high)}", str(one.pairs),
        words.difference(one.change.mean), words.ends(one.change), words.ends(one.change.over_examples),
        str(one.change.n), formats.p_value(one.p_value),
        _verdict(one, confidence),
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Method", "Held equal", "Depth", "Width", "Sparsity", "Nonzero weights", "Difference to dense",
               f"Interval [{words.name}]", "n", words.heading, "Its twin")  # fmt: skip
    rows = tuple(row for one in numbers.maps for row in _rows(one, words))
    found = Table("Differences to dense by depth and width", columns, rows, frozenset({"Method", "Held equal"}),
                  grouped=True)  # fmt: skip
    ends = ("Method", "Held equal", "From and to", "Pairs of networks", "Change of the difference",
            f"Interval [{words.name}]", WIDER, "n", "p (Holm)", "Verdict")  # fmt: skip
    changes = tuple(_effect_row(one, words, numbers.confidence) for one in numbers.effects)
    text = frozenset({"Method", "Held equal", "From and to", "Verdict"})
    along = Table("Changes of the difference from end to end", ends, changes, text, grouped=True)
    return (found, without_empty(along, {WIDER})) if changes else (found,)


SECTION = Section(
    name="shapes",
    title="Depth and width",
    question="How does what sparsity costs depend on a network's shape?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
