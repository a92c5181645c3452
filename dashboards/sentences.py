"""Numbers as sentences. Below ENOUGH seeds they give intervals and no verdict."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import formats
from dashboards.cells import Cell
from dashboards.comparison import Comparison
from dashboards.formats import count, level, listed, points
from dashboards.layers import LayerLeft, natural
from dashboards.margins import Walk
from dashboards.statistics import ENOUGH, Estimate

FEW = 100  # weights left in a layer, below which a sentence says so
DEAD = 0.1  # of a layer's units, from which on a sentence says so


def reached(cell: Cell) -> str:
    """What a cell with an accuracy comes to."""
    one = cell.accuracy
    interval = f"interval {formats.interval(one)} %, " if one.low is not None else ""
    return f"{cell.series.label} reaches {formats.percent(one.mean)} test accuracy ({interval}n = {one.n})."


def walked(one: Walk, margin: float) -> str:
    """How far a series can be pruned, and what lies beyond."""
    text = _verdict(one, margin) if one.enough else _no_verdict(one)
    gaps = f" No finished pair at {listed([level(gap) for gap in one.unpaired])}." if one.unpaired else ""
    return text + gaps


def _no_verdict(one: Walk) -> str:
    found = [f"{_change(cell)} at {level(cell.sparsity)} sparsity" for cell in (one.within, one.beyond) if cell]
    return (
        f"{one.series.label}: {listed(found)} against the dense twin. "
        f"With n = {one.fewest} this is no verdict; it takes {ENOUGH}."
    )


def _verdict(one: Walk, margin: float) -> str:
    name, allowed = one.series.label, formats.margin(margin)
    if one.within is None:
        text = f"{name} is beyond {allowed} of its dense twin already at {level(one.beyond.sparsity)} sparsity, with "
        return text + _beyond(one.beyond, margin)
    text = f"{name} stays within {allowed} of its dense twin up to {level(one.within.sparsity)} sparsity"
    if one.beyond is None:
        return f"{text}, the sparsest level tried ({_change(one.within)})."
    return f"{text}; at {level(one.beyond.sparsity)} it first exceeds it, with {_beyond(one.beyond, margin)}"


def _beyond(cell: Cell, margin: float) -> str:
    unsure = cell.difference.high >= -margin
    return _change(cell) + (f", an interval that still reaches within {formats.margin(margin)}." if unsure else ".")


def _change(cell: Cell) -> str:
    return _spread(cell.difference)


def _spread(difference: Estimate) -> str:
    interval = f" ({formats.points_interval(difference)})" if difference.low is not None else ""
    return points(difference.mean) + interval


def compared(levels: Sequence[Comparison]) -> str:
    """One series against another at equal size, level by level."""
    ours, theirs = levels[0].ours.series.label, levels[0].theirs.series.label
    return f"{ours} against {theirs} at equal size: {'; '.join(_compared(one) for one in levels)}."


def _compared(one: Comparison) -> str:
    where, difference = f"at {level(one.sparsity)} sparsity", one.difference
    if difference is None:
        return (
            f"{where} not compared, as {count(one.ours.nonzero)} and {count(one.theirs.nonzero)} weights differ in size"
        )
    found = f"{where}, {_spread(difference)}"
    if difference.n < ENOUGH:
        return f"{found}, no verdict with n = {difference.n}"
    if not difference.excludes_zero:
        return f"{found}, no clear difference"
    return f"{found}, {'better' if difference.mean > 0 else 'worse'}"


def few_weights(left: LayerLeft) -> bool:
    """Whether a masked layer has so few weights left that a reader should know."""
    return _masked(left) and left.kept is not None and left.kept < FEW


def many_dead(left: LayerLeft) -> bool:
    """Whether so many units of a masked layer are dead that a reader should know."""
    return _masked(left) and left.dead is not None and left.dead >= DEAD


def _masked(left: LayerLeft) -> bool:
    return left.density is not None and left.density < 1


def starved(series: Sequence[LayerLeft]) -> str:
    """What one series leaves of the layers where that is little."""
    parts = []
    for layer in sorted({left.layer for left in series}, key=natural):
        own = [left for left in series if left.layer == layer]
        few = [f"{count(left.kept)} at {level(left.sparsity)}" for left in own if few_weights(left)]
        dead = [f"{level(round(left.dead, 2))} at {level(left.sparsity)}" for left in own if many_dead(left)]
        if few:
            parts.append(f"weights left of the {count(own[0].weights)} in {layer}: {listed(few)}")
        if dead:
            parts.append(f"dead units in {layer}: {listed(dead)}")
    return f"{series[0].series.label} starves layers. {formats.capital('; '.join(parts))}."
