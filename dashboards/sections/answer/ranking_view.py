"""Methods at one sparsity as the page shows them: a row a method, with places along an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.ranking import MethodRanking, RankedMethod
from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series
from dashboards.words import formats
from dashboards.words.formats import NONE, capital, count, level
from dashboards.words.units import Unit

TICKS = 5  # of an axis, at most


@dataclass(frozen=True)
class Numbers:
    """Every ranking, and the one that is shown first."""

    rankings: tuple[MethodRanking, ...]
    chosen: MethodRanking
    networks: dict[frozenset, str]
    unit: Unit
    confidence: float
    safe: bool  # whether the chosen level is the sparsest at which any method is safe


@dataclass(frozen=True)
class LeagueRow:
    """A method in words; places along the axis are in percent of its width."""

    series: Series
    group: str
    first: bool  # of its group
    span: int  # rows of the group
    seeds: tuple[float, ...]
    ends: tuple[float, float] | None
    mean: float | None
    difference: str
    interval: str
    value: str
    twin: str
    p_value: str
    weights: str
    steps: str


@dataclass(frozen=True)
class League:
    """One ranking as the template shows it."""

    name: str  # its address
    label: str  # of its button
    network: str  # empty where there is one
    caption: str
    ticks: tuple[tuple[float, str], ...]
    zero: float
    margin: float
    reference: str  # what the twins reach
    rows: tuple[LeagueRow, ...]


@dataclass(frozen=True)
class RankingView:
    """What the template shows."""

    leagues: tuple[League, ...]
    choices: tuple[tuple[str, tuple[League, ...]], ...]  # by network; its name is empty where there is one
    chosen: str
    unit: str
    value: str  # heading of the values
    with_groups: bool
    with_twins: bool
    with_steps: bool
    lead: str


def view(numbers: Numbers) -> RankingView:
    """The rankings as the template shows them."""
    words = numbers.unit
    leagues = tuple(_league(ranking, place, numbers) for place, ranking in enumerate(numbers.rankings, 1))
    lead = "Methods with one letter do not clearly differ from the first of them, the best on validation."
    if numbers.safe:
        lead += f" {level(numbers.chosen.level)} is the sparsest level at which any method is safe."
    return RankingView(
        leagues, _choices(leagues), leagues[numbers.rankings.index(numbers.chosen)].name, words.name,
        capital(words.noun),
        any(ranking.judged for ranking in numbers.rankings),
        any(len({words.value(place.cell.twins) for place in ranking.places}) > 1 for ranking in numbers.rankings),
        any(len({count(place.cell.steps) for place in ranking.places}) > 1 for ranking in numbers.rankings),
        lead if numbers.chosen.judged else "",
    )  # fmt: skip


def _choices(leagues: Sequence[League]) -> tuple[tuple[str, tuple[League, ...]], ...]:
    networks = dict.fromkeys(league.network for league in leagues)
    return tuple((name, tuple(league for league in leagues if league.network == name)) for name in networks)


def _league(ranking: MethodRanking, place: int, numbers: Numbers) -> League:
    words = numbers.unit
    limit = words.scale * (-words.margin if words.outcome.more_is_better else words.margin)
    start, end = _extent([place.cell for place in ranking.places], limit, words.scale)

    def percent(value: float) -> float:
        return round(100 * (value - start) / (end - start), 1)

    network = numbers.networks[ranking.network] if len(numbers.networks) > 1 else ""
    caption = f"Methods at {level(ranking.level)} sparsity{f' on {network}' if network else ''}"
    twins = [place.cell.twins for place in ranking.places if place.cell.twins is not None]
    alike = {words.value(twin) for twin in twins}
    return League(
        f"league-{place}", level(ranking.level), network, caption,
        tuple((percent(tick), _signed(tick)) for tick in _ticks(start, end)),
        percent(0.0), percent(limit), alike.pop() if len(alike) == 1 else "",
        tuple(_row(place, ranking, words, percent) for place in ranking.places),
    )  # fmt: skip


def _row(place: RankedMethod, ranking: MethodRanking, words: Unit, percent: Callable[[float], float]) -> LeagueRow:
    cell, estimate = place.cell, place.cell.to_dense
    group = [member for member in ranking.places if member.group == place.group]
    interval = estimate.interval if estimate else None
    return LeagueRow(
        cell.series, place.group, group[0] is place, len(group),
        tuple(percent(words.scale * value) for value in cell.differences.values()),
        (percent(words.scale * interval[0]), percent(words.scale * interval[1])) if interval else None,
        percent(words.scale * estimate.mean) if estimate else None,
        words.bare(estimate.mean if estimate else None), words.ends(estimate),
        words.value(cell.value.mean if cell.value else None), words.value(cell.twins),
        formats.p_value(place.behind.p_value) if place.behind else NONE,
        count(cell.nonzero), count(cell.steps),
    )  # fmt: skip


def _extent(members: Sequence[Cell], limit: float, scale: int) -> tuple[float, float]:
    """From the lowest to the highest value, interval end or seed, zero and the margin among them; with air."""
    values = [0.0, limit]
    for cell in members:
        values += [scale * value for value in cell.differences.values()]
        if cell.to_dense and cell.to_dense.interval:
            values += [scale * end for end in cell.to_dense.interval]
    low, high = min(values), max(values)
    air = 0.08 * (high - low or 1.0)
    return low - air, high + air


def _signed(tick: float) -> str:
    return f"{abs(tick):g}" if tick == 0 else f"{'+' if tick > 0 else formats.MINUS}{abs(tick):g}"


def _ticks(start: float, end: float) -> list[float]:
    """Round numbers, zero among them.

    >>> _ticks(-2.4, 0.4)
    [-2.0, -1.0, 0.0]
    """
    steps = (digit * 10.0**power for power in range(-4, 4) for digit in (1, 2, 5))
    step = next(step for step in steps if (end - start) / step <= TICKS)
    first, last = int(start // step) + 1, int(end // step)
    return [round(place * step, 10) for place in range(first, last + 1)]
