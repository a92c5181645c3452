"""Key figures below the verdict, each with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.ranking import MethodRanking
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cost.costs import CellCost, costs
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import formats
from dashboards.words.units import Unit

MOST = 5


@dataclass(frozen=True)
class Strip:
    """An interval over a short axis; places are in percent of its width."""

    low: float
    mean: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Card:
    """One figure in large type."""

    title: str
    value: str
    unit: str
    note: str
    strip: Strip | None = None
    kind: str = ""  # counted or measured


def cards(results: Results, chosen: Cell | None, rankings: Sequence[MethodRanking], dense: Cell | None,
          words: Unit) -> tuple[Card, ...]:  # fmt: skip
    """At most five: `chosen` is the cell that the verdict is about, `dense` its reference."""
    made = [*_difference(chosen, words), *_lead(chosen, rankings, words), *_dense(dense, words)]
    if chosen:
        made += [*_size(results, chosen), *_time(results, chosen)]
    return tuple(made[:MOST])


def _difference(chosen: Cell | None, words: Unit) -> Iterator[Card]:
    if chosen is None or chosen.to_dense is None:
        return
    estimate = chosen.to_dense
    limit = words.scale * (-words.margin if words.outcome.more_is_better else words.margin)
    yield Card(
        f"{chosen.series.label} at {formats.level(chosen.level)} sparsity, against dense", words.bare(estimate.mean),
        words.name, _interval(estimate, words), _strip(estimate, words.scale, ((limit, "margin"), (0.0, "dense"))),
    )  # fmt: skip


def _lead(chosen: Cell | None, rankings: Sequence[MethodRanking], words: Unit) -> Iterator[Card]:
    """Of the method above all others at the same level."""
    for ranking in rankings:
        if chosen is None or ranking.level != chosen.level or ranking.network != chosen.series.workload:
            continue
        lead = ranking.lead
        if lead.difference is None:
            return
        difference = words.raw(lead.difference)
        assert difference is not None
        p_value = f", p {_equals(formats.p_value(lead.p_value))}" if lead.difference.n >= ENOUGH else ""
        yield Card(
            f"Lead of {ranking.best.series.label} over {lead.theirs.series.label}, next on validation",
            words.bare(difference.mean), words.name, _interval(difference, words) + p_value,
            _strip(difference, words.scale, ((0.0, "equal"),)),
        )  # fmt: skip


def _equals(p_value: str) -> str:
    return p_value.replace("<", "< ") if p_value.startswith("<") else f"= {p_value}"


def _dense(dense: Cell | None, words: Unit) -> Iterator[Card]:
    if dense is None or dense.value is None:
        return
    value = dense.value
    interval = f"{words.value_ends(value)}, " if value.interval else ""
    of = words.of_value.strip() or words.name
    yield Card(f"Dense network: {words.titled(dense.split)}", words.bare_value(value.mean), of,
               f"{interval}{_seeds(value.n)}")  # fmt: skip


def _size(results: Results, chosen: Cell) -> Iterator[Card]:
    """Bytes in the smaller format against the dense network's."""
    cost = _cost(results, chosen)
    if cost is None or not cost.dense or not cost.bytes:
        return
    whole = max(other.dense or 0.0 for other in costs(results)
                if other.cell.series.workload == chosen.series.workload)  # fmt: skip
    yield Card("Smaller file at that level", f"{whole / cost.bytes:.1f}", "×",
               f"{_kilobytes(cost.bytes)}, dense {_kilobytes(whole)}", kind="counted")  # fmt: skip


def _time(results: Results, chosen: Cell) -> Iterator[Card]:
    cost = _cost(results, chosen)
    if cost is None or cost.epoch is None or cost.epoch.times is None:
        return
    times = cost.epoch.times
    zeros = _zeros(cost.left_out)
    interval = f"{times.low:.2f} to {times.high:.2f}: " if times.interval else ""
    yield Card("Time per epoch, of dense", f"{times.mean:.2f}", "×", f"{interval}{zeros}", kind="measured")


def _zeros(left_out: float | None) -> str:
    """How training computed the zeros."""
    if left_out is None:
        return "no zeros to multiply"
    if left_out == 0:
        return "zeros are multiplied"
    return "zeros are left out" if left_out == 1 else f"zeros are left out in {100 * left_out:.0f} % of the steps"


def _cost(results: Results, chosen: Cell) -> CellCost | None:
    return next((cost for cost in costs(results) if cost.cell is chosen), None)


def _kilobytes(size: float) -> str:
    return f"{size / 1000:,.0f} kB"


def _interval(estimate: Estimate, words: Unit) -> str:
    if estimate.interval is None:
        return f"{_seeds(estimate.n)}, no interval"
    return f"{formats.level(estimate.confidence)} interval {words.ends(estimate)}"


def _seeds(number: int) -> str:
    return "1 seed" if number == 1 else f"{number} seeds"


def _strip(estimate: Estimate, scale: int, ticks: tuple[tuple[float, str], ...]) -> Strip | None:
    """None where there is no interval to draw."""
    if estimate.interval is None:
        return None
    low, high = (scale * end for end in estimate.interval)
    mean, places = scale * estimate.mean, [place for place, _ in ticks]
    start, end = min(low, *places), max(high, *places)
    room = (end - start) or 1.0
    start, end = start - 0.12 * room, end + 0.12 * room

    def percent(value: float) -> float:
        return round(100 * (value - start) / (end - start), 1)

    return Strip(percent(low), percent(mean), percent(high), tuple((percent(place), word) for place, word in ticks))
