"""The tables of shapes: all fields of all maps, and all changes from end to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.draw.section import Table, without_empty
from dashboards.numbers.factors.effects import Effect
from dashboards.numbers.factors.shapes import Map
from dashboards.sections.factors.shapes_words import condition_text, shape, verdict
from dashboards.words import formats
from dashboards.words.formats import count, level
from dashboards.words.units import WIDER, Unit


def tables(maps: Sequence[Map], effects: Sequence[Effect], words: Unit, confidence: float) -> tuple[Table, ...]:
    """The table of fields, and the table of changes if there are any."""
    columns = ("Method", "Held equal", "Depth", "Width", "Sparsity", "Nonzero weights", "Difference to dense",
               f"Interval [{words.name}]", "n", words.heading, "Its dense twin")  # fmt: skip
    rows = tuple(row for shape_map in maps for row in _rows(shape_map, words))
    fields = Table("Differences to dense by depth and width", columns, rows, frozenset({"Method", "Held equal"}),
                   grouped=True)  # fmt: skip
    return (fields, _changes(effects, words, confidence)) if effects else (fields,)


def _rows(shape_map: Map, words: Unit) -> Iterator[tuple[str, ...]]:
    for place in sorted(shape_map.fields):
        cell = shape_map.fields[place]
        difference, value = cell.difference, cell.value
        yield (
            shape_map.name, condition_text(shape_map.condition), str(place.depth), shape(place.width),
            level(cell.sparsity), count(cell.nonzero), words.difference(difference.mean if difference else None),
            words.ends(difference), str(difference.n if difference else 0),
            words.value(value.mean if value else None), words.value(cell.twins),
        )  # fmt: skip


def _changes(effects: Sequence[Effect], words: Unit, confidence: float) -> Table:
    columns = ("Method", "Held equal", "From and to", "Pairs of networks", "Change of the difference",
               f"Interval [{words.name}]", WIDER, "n", "p (Holm)", "Verdict")  # fmt: skip
    rows = tuple(_change(effect, words, confidence) for effect in effects)
    text = frozenset({"Method", "Held equal", "From and to", "Verdict"})
    return without_empty(Table("Changes of the difference from end to end", columns, rows, text, grouped=True), {WIDER})


def _change(effect: Effect, words: Unit, confidence: float) -> tuple[str, ...]:
    change = effect.change
    return (
        effect.map.name, condition_text(effect.map.condition),
        f"{effect.axis} {shape(effect.low)} to {shape(effect.high)}",
        str(effect.pairs), words.difference(change.mean), words.ends(change), words.ends(change.over_examples),
        str(change.n), formats.p_value(effect.p_value), verdict(effect, confidence),
    )  # fmt: skip
