"""Depth by width: what sparsity costs networks of different shapes."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Drawing, Section
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.effects import Effect, effects
from dashboards.numbers.factors.shapes import Map, maps
from dashboards.read.results import Results
from dashboards.sections.factors.shapes_figure import colour_scale, draw
from dashboards.sections.factors.shapes_tables import tables
from dashboards.sections.factors.shapes_words import held, shape, verdict
from dashboards.statistics.estimates import ENOUGH, is_clear
from dashboards.statistics.sizes import TOLERANCE
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import Unit, unit

MOST_MAPS = 16  # in the figure; the table has all
MOST = 4  # sentences; the table has the rest
LARGER = {"width": "wider", "depth": "deeper"}


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
        methods = {shown.condition: {other.method for other in self.maps if other.condition == shown.condition}
                   for shown in self.maps}  # fmt: skip
        common = tuple(shown for shown in self.maps if len(methods[shown.condition]) > 1)
        return common or self.maps


def _summarize(results: Results) -> Numbers | None:
    shown = maps(cells(results))
    if not shown:
        return None
    return Numbers(shown, effects(shown, results.confidence), unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    """What width and depth do, where it is clear and the same wherever it is clear."""
    tested = [effect for effect in numbers.effects if effect.p_value is not None]
    if not numbers.effects:
        return "Networks of several shapes, with nothing equal but their shape to compare"
    if not tested:
        return f"It takes {ENOUGH} seeds to tell what depth and width change"
    clear = [effect for effect in tested if is_clear(effect.p_value, numbers.confidence)]
    axes = {axis: [effect for effect in clear if effect.axis == axis] for axis in LARGER}
    said = [f"{LARGER[axis]} networks {_does(own, numbers.unit)}" for axis, own in axes.items() if own]
    return formats.capital("; ".join(said)) if said else "Neither depth nor width clearly changes what sparsity costs"


def _does(clear: list[Effect], words: Unit) -> str:
    """More or less, or both in turn."""
    signs = {words.outcome.gain(effect.change.mean) > 0 for effect in clear}
    verb = words.surely.removesuffix("s")
    if len(signs) > 1:
        return f"{verb} more at some levels and less at others"
    return f"{verb} less to sparsity" if signs == {True} else f"{verb} more to sparsity"


def _text(numbers: Numbers) -> tuple[str, ...]:
    """Map by map, those with a clear change first."""
    of_map = [[effect for effect in numbers.effects if effect.map is shown] for shown in numbers.maps]
    told = sorted(filter(None, of_map), key=lambda own: not any(_clear(effect, numbers) for effect in own))
    more = [f"The table has {len(told) - MOST} more."] if len(told) > MOST else []
    return (*(_sentence(own, numbers.unit, numbers.confidence) for own in told[:MOST]), *more)


def _clear(effect: Effect, numbers: Numbers) -> bool:
    return is_clear(effect.p_value, numbers.confidence)


def _sentence(effects_of_map: list[Effect], words: Unit, confidence: float) -> str:
    few = min(effect.change.n for effect in effects_of_map)
    verdict = "" if few >= ENOUGH else f" With n = {few} this is no verdict; it takes {ENOUGH} seeds."
    changes = "; ".join(_change(effect, words, confidence) for effect in effects_of_map)
    shown = effects_of_map[0].map
    return f"{shown.name} with {held(shown.condition)}: {changes}.{verdict}"


def _change(effect: Effect, words: Unit, confidence: float) -> str:
    over = f", the mean over {effect.pairs} pairs of networks" if effect.pairs > 1 else ""
    change = (
        f"from {effect.axis} {shape(effect.low)} to {shape(effect.high)} the difference to dense changes by "
        f"{words.spread(effect.change)}{over}"
    )
    return change if effect.p_value is None else f"{change}, {verdict(effect, confidence)}"


def _drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """One small map for each method and condition; all have one colour scale."""
    colours = colour_scale(numbers.drawn, numbers.unit)
    return tuple(
        Drawing(draw(shown, numbers.unit, colours), f"map-{place}", held(shown.condition), shown.name, size="small")
        for place, shown in enumerate(numbers.drawn[:MOST_MAPS], 1)
    )


def _caption(numbers: Numbers) -> str:
    words = numbers.unit
    n = formats.seeds(cell.difference.n for shown in numbers.maps for cell in shown.fields.values() if cell.difference)
    splits = formats.listed(sorted({cell.split for shown in numbers.maps for cell in shown.fields.values()}))
    points = "percentage points" if words.scale == 100 else words.name
    below = "; below it the sparsity" if any(shown.condition.sparsity is None for shown in numbers.drawn) else ""
    left_out = " The table has the rest." if len(numbers.drawn[:MOST_MAPS]) < len(numbers.maps) else ""
    return (
        f"Difference of {words.on(splits)} to dense in {points}, the mean over seeds ({n}){below}. Darker fields lose "
        f"more, on one scale for all maps. Empty fields were not planned or have no finished pair.{left_out}"
    )


def _computed(numbers: Numbers) -> str:
    intervals = formats.with_interval([effect.change for effect in numbers.effects], numbers.confidence)
    judged = (f" Clear or not by the paired t-test, adjusted by Holm for all changes in the table, from {ENOUGH} seeds "
              "on.")  # fmt: skip
    return (
        "Each network is compared with its dense twin at the last step, seed by seed. Depth is the number of hidden "
        "layers whose sizes differ between networks; width is the size of the first of them, or all sizes where "
        "several networks share the first. Numbers of weights are the same if they differ by "
        f"{level(TOLERANCE)} or less. Where methods can be compared, the figure shows only what several of them have. "
        "Sentences pair the networks at both ends of one axis that are equal on the other, by seed: the mean change"
        f"{intervals}.{judged if intervals else ''}"
    )


SECTION = Section(
    name="shapes",
    title="Depth and width",
    question="How does what sparsity costs depend on a network's shape?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    drawings=_drawings,
    caption=_caption,
    computed=_computed,
    tables=lambda numbers: tables(numbers.maps, numbers.effects, numbers.unit, numbers.confidence),
)
