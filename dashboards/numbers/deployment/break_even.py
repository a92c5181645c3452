"""Break-even densities: where a format's file becomes smaller, and its latency shorter, than the dense network's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

from dashboards import schema
from dashboards.numbers.deployment.networks import Conversion, DeployedNetwork
from dashboards.read.series import Series


@dataclass(frozen=True)
class Threshold:
    """Where a format overtakes the dense network on the way from dense to sparse."""

    density: float | None  # below it the format is ahead; None: at no measured level, or at every one
    ahead: bool  # at the sparsest level


@dataclass(frozen=True)
class BreakEven:
    """One format of a series; None where nothing was measured."""

    series: Series
    form: str
    bytes: Threshold | None
    latencies: Mapping[int, Threshold | None]  # by the examples in a batch


def break_evens(networks: Iterable[DeployedNetwork]) -> tuple[BreakEven, ...]:
    """Every format but `dense` of every series with a level; the dense twin in the same format is the first level."""
    lines: dict[Series, list[DeployedNetwork]] = {}
    networks = tuple(networks)
    for network in networks:
        if not network.cell.unpruned:
            lines.setdefault(network.cell.series, []).append(network)
    return tuple(
        _break_even(series, form, [*_twins(line, networks), *line])
        for series, line in lines.items() for form in schema.FORMATS
        if form != "dense" and any(form in network.conversions for network in line)
    )  # fmt: skip


def _twins(line: list[DeployedNetwork], networks: Iterable[DeployedNetwork]) -> list[DeployedNetwork]:
    own = {id(network.twins) for network in line}
    return [network for network in networks if id(network.cell) in own]


def _break_even(series: Series, form: str, line: list[DeployedNetwork]) -> BreakEven:
    levels = [one for network in line if (one := network.conversions.get(form))]
    shares = ((one.cell.density, one.share) for one in levels)
    return BreakEven(series, form, threshold(shares),
                     {batch: threshold((one.cell.density, _times(one, batch)) for one in levels)
                      for batch in schema.BATCHES})  # fmt: skip


def _times(one: Conversion, batch: int) -> float | None:
    return one.latencies[batch].times if batch in one.latencies else None


def threshold(levels: Iterable[tuple[float, float | None]]) -> Threshold | None:
    """From densities and ratios to dense. Of several crossings the last counts: below it, all levels are ahead.

    Between two levels the logarithm of the ratio is a line over that of the density, as it is for compressed rows.

    >>> threshold([(1.0, 2.0), (0.25, 0.5)])
    Threshold(density=0.5, ahead=True)
    """
    ordered = sorted(((density, ratio) for density, ratio in levels if ratio is not None), reverse=True)
    behind = [place for place, (_, ratio) in enumerate(ordered) if ratio >= 1]
    if not ordered or not behind:
        return Threshold(None, ahead=True) if ordered else None
    last = max(behind)
    if last == len(ordered) - 1:
        return Threshold(None, ahead=False)
    (above, slow), (below, fast) = ordered[last : last + 2]
    way = log(slow) / (log(slow) - log(fast))
    return Threshold(exp(log(above) + way * (log(below) - log(above))), ahead=True)
