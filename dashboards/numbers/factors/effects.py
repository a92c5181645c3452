"""Effects of depth and width on the loss by sparsity: the change from one end of a map to the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.outcomes import mean_of, possible_change
from dashboards.numbers.factors.shapes import Map, ShapePlace
from dashboards.statistics.estimates import Estimate, adjusted

AXES: dict[str, tuple[Callable[[ShapePlace], Any], Callable[[ShapePlace], Any]]] = {
    "width": (lambda place: place.width, lambda place: place.depth),
    "depth": (lambda place: place.depth, lambda place: place.width),
}  # by name: the coordinate along the axis, and the coordinate across


@dataclass(frozen=True)
class Effect:
    """The change of the difference to the twin from `low` to `high`, as a mean over pairs of networks by seed."""

    map: Map
    axis: str  # width or depth
    low: Any
    high: Any
    pairs: int  # pairs of networks at both ends, equal on the other axis
    change: Estimate
    p_value: float | None = None  # of the paired t-test, by Holm over all effects with enough seeds


def effects(maps: Sequence[Map], confidence: float) -> tuple[Effect, ...]:
    """The effects of every map along each axis with two ends."""
    untested = [effect for shape_map in maps for axis in AXES if (effect := _effect(shape_map, axis, confidence))]
    p_values = adjusted([effect.change for effect in untested])
    return tuple(replace(effect, p_value=p_value) for effect, p_value in zip(untested, p_values, strict=True))


def _effect(shape_map: Map, axis: str, confidence: float) -> Effect | None:
    along, across = AXES[axis]
    low, high = (end(map(along, shape_map.fields)) for end in (min, max))
    lines: dict[Any, dict[Any, Cell]] = {}
    for place, cell in shape_map.fields.items():
        lines.setdefault(across(place), {})[along(place)] = cell
    pairs = [(line[low], line[high]) for line in lines.values() if low in line and high in line]
    if low == high or not pairs:
        return None
    changes = mean_of([b.to_twins.minus(a.to_twins) for a, b in pairs])
    change = changes.estimate(confidence, possible_change(pairs[0][0].outcome, 2))
    return Effect(shape_map, axis, low, high, len(pairs), change) if change else None
