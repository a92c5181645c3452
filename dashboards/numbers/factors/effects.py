"""What depth and width do to what sparsity costs: the change from one end of a map to the other."""

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
}  # by name: the coordinate along it, and the one across


@dataclass(frozen=True)
class Effect:
    """The change of the difference to the twin from `low` to `high`: the mean over pairs of networks, seed by seed."""

    map: Map
    axis: str  # width or depth
    low: Any
    high: Any
    pairs: int  # networks at both ends that are equal on the other axis
    change: Estimate
    p_value: float | None = None  # of the paired t-test, by Holm over all effects that have seeds enough


def effects(maps: Sequence[Map], confidence: float) -> tuple[Effect, ...]:
    """Of every map, along both axes where it has two ends."""
    found = [effect for one in maps for axis in AXES if (effect := _effect(one, axis, confidence))]
    p_values = adjusted([one.change for one in found])
    return tuple(replace(one, p_value=p_value) for one, p_value in zip(found, p_values, strict=True))


def _effect(one: Map, axis: str, confidence: float) -> Effect | None:
    along, across = AXES[axis]
    low, high = (end(map(along, one.fields)) for end in (min, max))
    lines: dict[Any, dict[Any, Cell]] = {}
    for place, cell in one.fields.items():
        lines.setdefault(across(place), {})[along(place)] = cell
    pairs = [(line[low], line[high]) for line in lines.values() if low in line and high in line]
    if low == high or not pairs:
        return None
    changes = mean_of([b.to_twins.minus(a.to_twins) for a, b in pairs])
    change = changes.estimate(confidence, possible_change(pairs[0][0].outcome, 2))
    return Effect(one, axis, low, high, len(pairs), change) if change else None
