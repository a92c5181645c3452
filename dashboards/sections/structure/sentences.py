"""What the section on removed units says in words."""

from __future__ import annotations

from dashboards.numbers.answer.comparison import Comparison
from dashboards.numbers.structure.footprint import Footprint
from dashboards.numbers.structure.units import UnitRemoval
from dashboards.read.series import Series
from dashboards.sections.structure.numbers import Numbers
from dashboards.words import brief
from dashboards.words.formats import count, level, listed
from dashboards.words.units import Unit


def finding(numbers: Numbers) -> str:
    """The network with the fewest weights: what it stores, how long a step takes, how far it is from dense."""
    one, words = numbers.sparsest, numbers.unit
    parts = []
    if one.own.share is not None:
        parts.append(f"stores {brief.share(one.own.share)} of dense's parameters")
    if one.own.times:
        parts.append(f"takes {brief.factor(one.own.times.mean)} times its step time")
    if difference := one.cell.to_dense:
        parts.append(f"changes {words.outcome.title} by {words.difference(difference.mean)} on average")
    name = f"At {level(one.cell.level)} sparsity, {brief.name(one.cell.series.label, 24)} "
    return name + listed(parts) if parts else ""


def text(numbers: Numbers) -> tuple[str, ...]:
    """The savings of each network that lost units, then each kind of peer."""
    savings = [_saving(one, numbers.unit) for one in numbers.removals]
    lines: dict[tuple[Series, Series], list[Comparison]] = {}
    for one in numbers.removals:
        for peer in one.peers:
            if peer.comparison.difference:
                lines.setdefault((one.cell.series, peer.cell.series), []).append(peer.comparison)
    return (*(saving for saving in savings if saving), *(_peer(line, numbers) for line in lines.values()))


def _saving(one: UnitRemoval, words: Unit) -> str:
    """Empty where nothing is known."""
    own = one.own
    parts = [*_stored(own), *_step(own)]
    if difference := one.cell.to_dense:
        parts.append(f"{words.spread(difference)} to the dense twin")
    return f"{one.cell.series.label} at {level(one.cell.level)} sparsity: {'; '.join(parts)}." if parts else ""


def _stored(own: Footprint) -> list[str]:
    if own.parameters is None:
        return []
    share = f", {brief.share(own.share)} of the dense network's" if own.share is not None else ""
    return [f"{count(own.parameters)} stored parameters{share}"]


def _step(own: Footprint) -> list[str]:
    if own.times is None:
        return []
    interval = f" ({own.times.low:.2f} to {own.times.high:.2f})" if own.times.interval else ""
    return [f"a training step takes {own.times.mean:.2f} times as long{interval}"]


def _peer(line: list[Comparison], numbers: Numbers) -> str:
    parts = [f"{numbers.unit.change(pair.difference)} at {level(pair.sparsity)} sparsity{_judged(pair, numbers)}"
             for pair in line if pair.difference]  # fmt: skip
    return f"{line[0].ours.series.label} minus {line[0].theirs.series.label}, as many weights: {'; '.join(parts)}."


def _judged(pair: Comparison, numbers: Numbers) -> str:
    if pair.difference is None or pair.p_value is None:
        return f", no verdict with n = {pair.difference.n if pair.difference else 0}"
    if not pair.clear(numbers.confidence):
        return ", not clear"
    return ", clearly better" if pair.difference.mean > 0 else ", clearly worse"
