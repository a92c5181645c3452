"""Depth by width: networks that differ in nothing but the sizes of their hidden layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.factors.networks import Settings, shortened, ways
from dashboards.read.series import labels
from dashboards.statistics.sizes import equal_size

SIZES = ("workload.channels", "workload.hidden")  # the settings that hold one size for each layer, in their order


@dataclass(frozen=True, order=True)
class ShapePlace:
    """Where a network stands on a map."""

    depth: int  # hidden layers, of those settings that differ
    width: tuple[int, ...]  # the first one's size; all sizes where the first leaves a tie


@dataclass(frozen=True)
class Condition:
    """What the cells of a map have in common: a sparsity that was asked for, or a number of weights that is left."""

    sparsity: float | None
    count: float | None  # the least of them


@dataclass(frozen=True)
class Map:
    """One method under one condition on networks of two places or more."""

    method: str
    family: str  # what the networks share, where there are several families; else empty
    condition: Condition
    fields: Mapping[ShapePlace, Cell]

    @property
    def name(self) -> str:
        """The method and the family in words."""
        return ", ".join(part for part in (self.method, self.family) if part)


def maps(cells: Sequence[Cell]) -> tuple[Map, ...]:
    """All maps, family by family and method by method: first at each sparsity, then at each number of weights."""
    sparse = [cell for cell in cells if cell.sparsity > 0 and not (cell.series.dense or cell.series.control)]
    places = _places([cell.series.workload for cell in sparse])
    called = ways(cell.series for cell in sparse)
    families = _families(list(dict.fromkeys(map(_shared, places))))
    groups: dict[tuple[Settings, Settings], list[Cell]] = {}
    for cell in sparse:
        if cell.series.workload in places:
            groups.setdefault((_shared(cell.series.workload), cell.series.way), []).append(cell)
    counts = _counts([cell for group in groups.values() for cell in group])
    found = []
    for (family, way), group in groups.items():
        for condition, own in (*_by_sparsity(group), *_by_count(group, counts)):
            fields = {places[cell.series.workload]: cell for cell in own}
            if sum(cell.difference is not None for cell in fields.values()) > 1:
                found.append(Map(called[way], families[family], condition, fields))
    return tuple(found)


def _shared(network: Settings) -> Settings:
    return frozenset((name, value) for name, value in network if name not in SIZES)


def _places(networks: Sequence[Settings]) -> dict[Settings, ShapePlace]:
    """Where each network stands among those that it shares all but sizes with; none where there are no others."""
    families: dict[Settings, list[Settings]] = {}
    for network in dict.fromkeys(networks):
        families.setdefault(_shared(network), []).append(network)
    found: dict[Settings, ShapePlace] = {}
    for family in families.values():
        varied = [name for name in SIZES if len({dict(one).get(name) for one in family}) > 1]
        sizes = {one: sum((dict(one).get(name, ()) for name in varied), ()) for one in family}
        first = {one: ShapePlace(len(size), size[:1]) for one, size in sizes.items()}
        whole = {one: ShapePlace(len(size), size) for one, size in sizes.items()}
        if varied:
            found |= first if len(set(first.values())) == len(family) else whole
    return found


def _families(shared: list[Settings]) -> dict[Settings, str]:
    if len(shared) == 1:
        return dict.fromkeys(shared, "")
    return shortened(dict(zip(shared, labels([dict(one) for one in shared], schema.WORKLOAD), strict=True)))


def _by_sparsity(group: Sequence[Cell]) -> list[tuple[Condition, list[Cell]]]:
    levels = sorted({cell.sparsity for cell in group})
    return [(Condition(level, None), [cell for cell in group if cell.sparsity == level]) for level in levels]


def _by_count(group: Sequence[Cell], counts: Callable[[Cell], float | None]) -> list[tuple[Condition, list[Cell]]]:
    """Counts that are equal because the sparsity is and the networks are of one size say nothing new."""
    own: dict[float, list[Cell]] = {}
    for cell in group:
        if (count := counts(cell)) is not None:
            own.setdefault(count, []).append(cell)
    return [
        (Condition(None, count), some)
        for count, some in sorted(own.items(), reverse=True)
        if len({cell.sparsity for cell in some}) > 1
    ]


def _counts(cells: Sequence[Cell]) -> Callable[[Cell], float | None]:
    """Gives, of a cell's nonzero weights, the least count that is equal to theirs."""
    least: list[float] = []
    for count in sorted(cell.nonzero for cell in cells if cell.nonzero is not None):
        if not least or not equal_size(least[-1], count):
            least.append(count)

    def of(cell: Cell) -> float | None:
        return None if cell.nonzero is None else max(one for one in least if one <= cell.nonzero)

    return of
