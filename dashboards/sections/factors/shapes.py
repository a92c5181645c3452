"""Depth by width: the loss by sparsity for networks of different shapes."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Drawing, Section
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.effects import Effect, effects
from dashboards.numbers.factors.shapes import Map, maps
from dashboards.read.results import Results
from dashboards.sections.factors.shapes_figure import colour_scale, draw
from dashboards.sections.factors.shapes_tables import tables
from dashboards.sections.factors.shapes_words import condition_text, shape, verdict
from dashboards.statistics.estimates import ENOUGH, is_clear
from dashboards.statistics.sizes import TOLERANCE
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import Unit, unit

MOST_MAPS = 16  # maps in the figure; the table has all
MOST = 4  # sentences; the table has all
LARGER = {"width": "wider", "depth": "deeper"}


@dataclass(frozen=True)
class Numbers:
    """All maps with two or more pairs, and their effects of depth and width."""

    maps: tuple[Map, ...]
    effects: tuple[Effect, ...]
    unit: Unit
    confidence: float

    @property
    def in_figure(self) -> tuple[Map, ...]:
        """The maps of the figure: conditions that several methods share; all maps if there are none."""
        methods = {shape_map.condition: {other.method for other in self.maps if other.condition == shape_map.condition}
                   for shape_map in self.maps}  # fmt: skip
        common = tuple(shape_map for shape_map in self.maps if len(methods[shape_map.condition]) > 1)
        return common or self.maps


def _summarize(results: Results) -> Numbers | None:
    shape_map = maps(cells(results))
    if not shape_map:
        return None
    return Numbers(shape_map, effects(shape_map, results.confidence), unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    """The effects of width and depth that are clear."""
    tested = [effect for effect in numbers.effects if effect.p_value is not None]
    if not numbers.effects:
        return "Networks of several shapes, but no two differ in only depth or only width"
    if not tested:
        return f"It takes {ENOUGH} seeds to tell what depth and width change"
    clear = [effect for effect in tested if is_clear(effect.p_value, numbers.confidence)]
    axes = {axis: [effect for effect in clear if effect.axis == axis] for axis in LARGER}
    parts = [f"{LARGER[axis]} networks {_does(group, numbers.unit)}" for axis, group in axes.items() if group]
    return formats.capital("; ".join(parts)) if parts else "Neither depth nor width clearly changes what sparsity costs"


def _does(clear: list[Effect], words: Unit) -> str:
    """Whether they lose more, less, or both."""
    signs = {words.outcome.gain(effect.change.mean) > 0 for effect in clear}
    verb = words.surely.removesuffix("s")
    if len(signs) > 1:
        return f"{verb} more at some levels and less at others"
    return f"{verb} less to sparsity" if signs == {True} else f"{verb} more to sparsity"


def _text(numbers: Numbers) -> tuple[str, ...]:
    """One sentence per map, maps with a clear change first."""
    by_map = [[effect for effect in numbers.effects if effect.map is shape_map] for shape_map in numbers.maps]
    groups = sorted(filter(None, by_map), key=lambda group: not any(_clear(effect, numbers) for effect in group))
    more = [f"The table has {len(groups) - MOST} more."] if len(groups) > MOST else []
    return (*(_sentence(group, numbers.unit, numbers.confidence) for group in groups[:MOST]), *more)


def _clear(effect: Effect, numbers: Numbers) -> bool:
    return is_clear(effect.p_value, numbers.confidence)


def _sentence(effects_of_map: list[Effect], words: Unit, confidence: float) -> str:
    few = min(effect.change.n for effect in effects_of_map)
    verdict = "" if few >= ENOUGH else f" With n = {few} this is no verdict; it takes {ENOUGH} seeds."
    changes = "; ".join(_change(effect, words, confidence) for effect in effects_of_map)
    shape_map = effects_of_map[0].map
    return f"{shape_map.name} with {condition_text(shape_map.condition)}: {changes}.{verdict}"


def _change(effect: Effect, words: Unit, confidence: float) -> str:
    over = f", the mean over {effect.pairs} pairs of networks" if effect.pairs > 1 else ""
    change = (
        f"from {effect.axis} {shape(effect.low)} to {shape(effect.high)} the difference to dense changes by "
        f"{words.spread(effect.change)}{over}"
    )
    return change if effect.p_value is None else f"{change}, {verdict(effect, confidence)}"


def _drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """One small map per method and condition, all on one colour scale."""
    colours = colour_scale(numbers.in_figure, numbers.unit)
    return tuple(
        Drawing(
            draw(shape_map, numbers.unit, colours),
            f"map-{place}",
            condition_text(shape_map.condition),
            shape_map.name,
            size="small",
        )
        for place, shape_map in enumerate(numbers.in_figure[:MOST_MAPS], 1)
    )


def _caption(numbers: Numbers) -> str:
    words = numbers.unit
    n = formats.seeds(
        cell.difference.n for shape_map in numbers.maps for cell in shape_map.fields.values() if cell.difference
    )
    splits = formats.listed(sorted({cell.split for shape_map in numbers.maps for cell in shape_map.fields.values()}))
    points = "percentage points" if words.scale == 100 else words.name
    below = (
        "; below it the sparsity"
        if any(shape_map.condition.sparsity is None for shape_map in numbers.in_figure)
        else ""
    )
    left_out = " The table has the rest." if len(numbers.in_figure[:MOST_MAPS]) < len(numbers.maps) else ""
    return (
        f"Difference of {words.on(splits)} to dense in {points}, the mean over seeds ({n}){below}. Darker fields lose "
        f"more, on one scale for all maps. Empty fields were not planned or have no finished pair.{left_out}"
    )


def _computed(numbers: Numbers) -> str:
    intervals = formats.with_interval([effect.change for effect in numbers.effects], numbers.confidence)
    judged = (f" The verdict comes from the paired t-test and needs {ENOUGH} seeds. It is adjusted by Holm for all "
              "changes in the table.")  # fmt: skip
    return (
        "Each network is compared with its dense twin at the last step by seed. Depth is the number of hidden layers "
        "whose sizes differ between networks. Width is the size of the first of them, or all sizes if several networks "
        f"share the first. Numbers of weights count as equal if they differ by at most {level(TOLERANCE)}. If methods "
        "can be compared, the figure shows only conditions that several methods share. Sentences pair the networks at "
        "both ends of one axis that are equal on the other axis, by seed: the mean change"
        f"{intervals}.{judged if intervals else ''}"
    )


SECTION = Section(
    name="shapes",
    title="Depth and width",
    question="How does the loss by sparsity depend on a network's shape?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    drawings=_drawings,
    caption=_caption,
    computed=_computed,
    tables=lambda numbers: tables(numbers.maps, numbers.effects, numbers.unit, numbers.confidence),
)
