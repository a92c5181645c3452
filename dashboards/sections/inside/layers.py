"""What is left in each layer: weights, and units that still have connections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.draw.section import Section, one_table
from dashboards.numbers.inside.layer_maps import LayerMap, MapCell, MapRow, layer_maps, short_names
from dashboards.numbers.inside.layers import LayerLeft, layers_left
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import brief, formats

Numbers = tuple[LayerLeft, ...]
COLUMNS = ("Method", "Sparsity", "Layer", "Weights", "Weights left", "Of the layer", "Of the full layer",
           "Units without connections", "Units on no path from input to output",
           "Units that are zero on every example")  # fmt: skip
OPTIONAL = frozenset(COLUMNS[-3:])
LEAST_DEAD = 0.005  # of a layer's units: of fewer the headline is silent
UNEVEN = 1.5  # times as full as the emptiest layer: what the headline calls another share


def _summarize(results: Results) -> Numbers | None:
    return layers_left(results) or None


def _finding(numbers: Numbers) -> str:
    """The layer that has most dead units; where there are none, how unevenly the sparsest network is emptied."""
    pruned = [one for one in numbers if not one.series.dense and one.sparsity > 0]
    dead = [(one.dead, one) for one in pruned if one.dead is not None]
    most, at = max(dead, key=lambda pair: pair[0], default=(0.0, None))
    if at is not None and most >= LEAST_DEAD:
        return (
            f"At {formats.level(at.sparsity)} sparsity, {brief.name(at.series.label)} leaves {brief.share(most)} of "
            f"the units in {brief.name(_short(numbers)[at.layer], 20)} without connections"
        )
    uneven = _uneven(pruned)
    return uneven or ("No method leaves units without connections" if dead else "")


def _short(numbers: Iterable[LayerLeft]) -> dict[str, str]:
    layers = list(dict.fromkeys(one.layer for one in numbers))
    return dict(zip(layers, short_names(layers), strict=True))


def _uneven(pruned: list[LayerLeft]) -> str:
    """The method that empties layers least alike, at its greatest sparsity; nothing where all are alike."""
    widest = ("", UNEVEN)
    for series in dict.fromkeys(one.series for one in pruned):
        sparsest = max(one.sparsity for one in pruned if one.series == series)
        layers = [(one.share, one.layer) for one in pruned
                  if one.series == series and one.sparsity == sparsest and one.share]  # fmt: skip
        (low, emptiest), (high, fullest) = min(layers, default=(1, "")), max(layers, default=(1, ""))
        if high / low >= widest[1]:
            names = [brief.name(_short(pruned)[name], 16) for name in (emptiest, fullest)]
            widest = (
                f"At {brief.left(sparsest)} of the weights, {brief.name(series.label, 24)} keeps {brief.share(low)} of "
                f"{names[0]} and {brief.share(high)} of {names[1]}", high / low)  # fmt: skip
    return widest[0]


@dataclass(frozen=True)
class ShownField:
    """A field of a map as the template has it."""

    words: str  # percent of the full layer's weights left
    look: str  # a class: its shade
    dead: str  # percent of units without connections; empty where there are none
    title: str  # for who points at it


@dataclass(frozen=True)
class ShownRow:
    """A row of a map as the template has it."""

    layer: str
    short: str
    layers: int
    fields: tuple[ShownField, ...]


@dataclass(frozen=True)
class ShownMap:
    """A map as the template has it."""

    series: Series
    name: str
    levels: tuple[str, ...]  # percent of all weights left
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True)
class View:
    """What the template shows."""

    maps: tuple[ShownMap, ...]
    lead: str
    dead: bool  # whether any field has dead units


def _view(numbers: Numbers) -> View:
    maps = tuple(map(_shown, layer_maps(numbers)))
    rows = [row for one in maps for row in one.rows]
    return View(
        maps, _lead(any(row.layers > 1 for row in rows)), any(field.dead for row in rows for field in row.fields)
    )


def _lead(pooled: bool) -> str:
    shared = " Like layers of all blocks share a row; the table has each." if pooled else ""
    return ("Weights left in percent of the full layer, by percent of all weights left (columns)."
            f"{shared}")  # fmt: skip


def _shown(layer_map: LayerMap) -> ShownMap:
    levels = tuple(brief.left(level).removesuffix(" %") for level in layer_map.levels)
    rows = tuple(ShownRow(row.layer, row.short, row.layers, tuple(_field(cell, row) for cell in row.cells))
                 for row in layer_map.rows)  # fmt: skip
    return ShownMap(layer_map.series, layer_map.series.label, levels, rows)


def _field(cell: MapCell | None, row: MapRow) -> ShownField:
    if cell is None:
        return ShownField(formats.NONE, "none", "", "")
    look = "none" if cell.shade is None else f"s{cell.shade}"
    dead = brief.bare_share(cell.dead) if cell.dead else ""
    low, high = (brief.share(end) for end in cell.extent)
    extent = f"{row.layers} layers, {low} to {high}" if row.layers > 1 else ""
    title = ", ".join(part for part in (extent, f"{dead} % of units dead" if dead else "") if part)
    return ShownField(brief.bare_share(cell.share), look, dead, title)


def _caption(numbers: Numbers) -> str:
    pruned = [one for one in numbers if not one.series.dense]
    return (
        f"Means over seeds at the last step ({formats.seeds(one.n for one in pruned or numbers)}, no interval). A unit "
        "is without connections, or dead, where no weight comes in or none goes out. A small dense network is counted "
        "against the layers of the full one."
    )


def _computed(numbers: Numbers) -> str:
    del numbers
    return (
        "Weights that are exactly zero count as removed. The shade is the logarithm of the share, three decades wide. "
        "The table also counts units on no path from input to output, which no chain of weights joins with both, and "
        "units that are zero behind the activation for every validation example. A dash stands where nothing was "
        "recorded: the units of an output layer are no neurons to lose."
    )


def _row(one: LayerLeft) -> tuple[str, ...]:
    return (
        one.series.label, one.at, one.layer, formats.count(one.weights), formats.count(one.kept),
        formats.percent(one.density), formats.percent(one.share), formats.percent(one.dead),
        formats.percent(one.dead_structural), formats.percent(one.dead_functional),
    )  # fmt: skip


SECTION = Section(
    name="layers",
    title="Layers",
    question="Which layers lose their weights?",
    summarize=_summarize,
    finding=_finding,
    caption=_caption,
    computed=_computed,
    tables=one_table("Weights and units left in each layer at the last step", COLUMNS, {"Method", "Layer"},
                     lambda numbers: map(_row, numbers), OPTIONAL),
    template="layers.html",
    view=_view,
)  # fmt: skip
