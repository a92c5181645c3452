"""A map of the loss by sparsity for one method, by depth and width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards.draw import figures
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.factors.shapes import Condition, Map, ShapePlace
from dashboards.sections.factors.shapes_words import shape
from dashboards.words.formats import count, level
from dashboards.words.units import Unit

ROW_HEIGHT = 46  # pixels of one depth
FRAME = 56  # pixels below and above a map
LOSSES = ((0, "#FFF3E6"), (1, "#EE8434"))  # from no loss to the largest; for light and dark screens
ON_LOSSES = "#000000"  # at a contrast of 7.9 or more


def draw(shape_map: Map, words: Unit, colours: dict[str, Any]) -> go.Figure:
    """The map as a figure: depth by width."""
    figure = go.Figure(_heat_map(shape_map, words))
    depths = len({place.depth for place in shape_map.fields})
    figures.styled(figure, ROW_HEIGHT * depths + FRAME)
    figure.update_layout(margin={"l": 40, "r": 4, "t": 4, "b": 44}, coloraxis=colours)
    figure.update_xaxes(type="category", showgrid=False, title_text="width", title_standoff=4)
    return figure.update_yaxes(type="category", showgrid=False, title_text="depth", title_standoff=4)


def _heat_map(shape_map: Map, words: Unit) -> go.Heatmap:
    widths = sorted({place.width for place in shape_map.fields})
    depths = sorted({place.depth for place in shape_map.fields})
    grid = [[shape_map.fields.get(ShapePlace(depth, width)) for width in widths] for depth in depths]
    return go.Heatmap(
        x=[shape(width) for width in widths], y=[str(depth) for depth in depths],
        z=[[_loss(cell, words) for cell in line] for line in grid],
        text=[[_field(cell, shape_map.condition, words) for cell in line] for line in grid],
        texttemplate="%{text}", textfont={"size": 12, "color": ON_LOSSES}, coloraxis="coloraxis", xgap=2, ygap=2,
        hoverongaps=False,
        customdata=[[_hover(cell, words) for cell in line] for line in grid],
        hovertemplate="depth %{y}, width %{x}<br>%{customdata}<extra></extra>",
    )  # fmt: skip


def _loss(cell: Cell | None, words: Unit) -> float | None:
    return None if cell is None or cell.gain is None else -words.scale * cell.gain.mean


def _field(cell: Cell | None, condition: Condition, words: Unit) -> str:
    """The difference, with the sparsity below it if the fields of the map differ in it."""
    if cell is None or cell.difference is None:
        return ""
    difference = words.bare(cell.difference.mean)
    return difference if condition.sparsity is not None else f"{difference}<br>{level(cell.sparsity)}"


def _hover(cell: Cell | None, words: Unit) -> str:
    if cell is None or cell.difference is None:
        return ""
    return (
        f"{level(cell.sparsity)} sparse, {count(cell.nonzero)} of {count(cell.prunable)} weights left<br>"
        f"{words.difference(cell.difference.mean)} to {_value(cell, words)} (n = {cell.difference.n})"
    )


def _value(cell: Cell, words: Unit) -> str:
    return words.value(cell.value.mean if cell.value else None)


def colour_scale(maps: Sequence[Map], words: Unit) -> dict[str, Any]:
    """One colour scale for all maps, from no loss to the largest."""
    fields = [cell for shape_map in maps for cell in shape_map.fields.values()]
    losses = [loss for cell in fields if (loss := _loss(cell, words)) is not None]
    return {
        "colorscale": LOSSES,
        "cmin": min(0, *losses),
        "cmax": max(words.scale * words.margin / 100, *losses),
        "showscale": False,  # since the fields show numbers
    }
