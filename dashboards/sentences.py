"""Numbers as sentences. Below ENOUGH seeds they give intervals and no verdict."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import formats
from dashboards.cells import Cell
from dashboards.comparison import Comparison
from dashboards.critical import Critical
from dashboards.formats import count, level, listed, points
from dashboards.layers import LayerLeft, natural
from dashboards.limits import Limits
from dashboards.margins import Walk
from dashboards.overlap import Tally
from dashboards.statistics import ENOUGH, Estimate

FEW = 100  # weights left in a layer, below which a sentence says so
DEAD = 0.1  # of a layer's units, from which on a sentence says so


def reached(cell: Cell) -> str:
    """What a cell with an accuracy comes to."""
    one = cell.accuracy
    interval = f"interval {formats.interval(one)} %, " if one.low is not None else ""
    before = "" if cell.series.dense else " before it removes any weight"
    return f"{cell.series.label} reaches {formats.percent(one.mean)} test accuracy{before} ({interval}n = {one.n})."


def limited(one: Limits, margin: float) -> str:
    """How far a series can be pruned, and what lies beyond."""
    if not one.last.enough:
        return _no_verdict(one.last) + _gaps(one.last)
    return " ".join([_verdict(one.last, margin) + _gaps(one.last), _critical(one.critical, margin), *_best(one)])


def _gaps(one: Walk) -> str:
    return f" No finished pair at {listed([level(gap) for gap in one.unpaired])}." if one.unpaired else ""


def _no_verdict(one: Walk) -> str:
    found = [f"{_change(cell)} at {level(cell.sparsity)} sparsity" for cell in (one.safe, one.unsafe) if cell]
    return (
        f"{one.series.label}: {listed(found)} against the dense twin. "
        f"With n = {one.fewest} this is no verdict; it takes {ENOUGH}."
    )


def _verdict(one: Walk, margin: float) -> str:
    name = one.series.label
    if one.safe is None:
        return f"{name} is safe at no level tried: already {_unsafe(one.unsafe, margin)}"
    text = f"{name} is safe up to {level(one.safe.sparsity)} sparsity"
    if one.unsafe is None:
        return f"{text}, the sparsest level tried, with {_change(one.safe)}."
    return f"{text}, with {_change(one.safe)}; {_unsafe(one.unsafe, margin)}"


def _unsafe(cell: Cell, margin: float) -> str:
    loses = "loses" if cell.difference.mean < -margin else "may lose"
    return f"at {level(cell.sparsity)} it {loses} more than {formats.margin(margin)}, with {_change(cell)}."


def _critical(one: Critical, margin: float) -> str:
    allowed, seeds = formats.margin(margin), len(one.by_seed)
    if one.typical is None:
        return f"Its loss reaches {allowed} beyond {level(one.sparsest)} ({one.crossed} of {seeds} seeds reach it)."
    where = f"Its loss reaches {allowed} at {level(round(one.typical, 3))}"
    if one.interval is None:
        return f"{where} (median; {one.crossed} of {seeds} seeds reach it)."
    return f"{where} ({' to '.join(f'{100 * end:.1f}' for end in one.interval)} %)."


def _best(one: Limits) -> list[str]:
    """The sentence about the best checkpoints, where they disagree with the last step."""
    if one.agree:
        return []
    safe = f"up to {level(one.best.safe.sparsity)}" if one.best.safe else "at no level tried"
    return [f"At the best checkpoint, chosen on the validation set, it is safe {safe}."]


def diverged(cell: Cell) -> str:
    """How many seeds of a cell diverged, or of a control how many draws, and what the others reach."""
    each = "draws" if cell.series.control else "seeds"
    count = f"{cell.diverged} of {cell.planned} {each} of {cell.series.label} at {level(cell.sparsity)} sparsity"
    rest = f"the others reach {formats.percent(cell.converged.mean)}" if cell.converged else "none did not"
    return f"{count} diverged and count at chance level; {rest}."


def incomplete(trials: Tally) -> list[str]:
    """The sentence about trials without a result, where there are any."""
    failed, missing = trials.failed, trials.missing
    if not failed + missing:
        return []
    return [f"{failed + missing} of {trials.planned} planned trials gave no result: {failed} failed, {missing} are "
            "missing; what is said here rests on the others."]  # fmt: skip


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
    found = f"{where}, {_spread(difference)}{_budget(one)}"
    if difference.n < ENOUGH:
        return f"{found}, no verdict with n = {difference.n}"
    if not difference.excludes_zero:
        return f"{found}, no clear difference"
    return f"{found}, {'better' if difference.mean > 0 else 'worse'}"


def _budget(one: Comparison) -> str:
    """How much longer one side was trained, where that is worth a word."""
    times = one.times_the_training
    return f" at {times:.3g} times the training" if times else ""


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
