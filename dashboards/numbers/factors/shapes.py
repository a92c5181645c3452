"""Maps of depth by width: networks that differ only in the sizes of their hidden layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.factors.networks import Settings, shortened, ways
from dashboards.read.series import labels
from dashboards.statistics.sizes import equal_size

SIZES = ("workload.channels", "workload.hidden")  # settings with one size per layer, in the order of the layers


@dataclass(frozen=True, order=True)
class ShapePlace:
    """The place of a network on a map."""

    depth: int  # hidden layers, counted in the settings that differ
    width: tuple[int, ...]  # size of the first of them; all sizes if the first is ambiguous


@dataclass(frozen=True)
class Condition:
    """The condition shared by the cells of a map: a planned sparsity or a number of remaining weights."""

    sparsity: float | None
    count: float | None  # the least of the equal numbers


@dataclass(frozen=True)
class Map:
    """One method under one condition, on networks at two or more places."""

    method: str
    family: str  # the settings of the networks; empty if there is one family
    condition: Condition
    fields: Mapping[ShapePlace, Cell]

    @property
    def name(self) -> str:
        """The method and the family in words."""
        return ", ".join(part for part in (self.method, self.family) if part)


def maps(cells: Sequence[Cell]) -> tuple[Map, ...]:
    """All maps by family and method: first at each sparsity, then at each number of weights."""
    sparse = [cell for cell in cells if cell.sparsity > 0 and not (cell.series.dense or cell.series.control)]
    places = _places([cell.series.workload for cell in sparse])
    names = ways(cell.series for cell in sparse)
    families = _families(list(dict.fromkeys(map(_shared, places))))
    groups: dict[tuple[Settings, Settings], list[Cell]] = {}
    for cell in sparse:
        if cell.series.workload in places:
            groups.setdefault((_shared(cell.series.workload), cell.series.way), []).append(cell)
    counts = _counts([cell for group in groups.values() for cell in group])
    result = []
    for (family, way), group in groups.items():
        for condition, members in (*_by_sparsity(group), *_by_count(group, counts)):
            fields = {places[cell.series.workload]: cell for cell in members}
            if sum(cell.difference is not None for cell in fields.values()) > 1:
                result.append(Map(names[way], families[family], condition, fields))
    return tuple(result)


def _shared(network: Settings) -> Settings:
    return frozenset((name, value) for name, value in network if name not in SIZES)


def _places(networks: Sequence[Settings]) -> dict[Settings, ShapePlace]:
    """The place of each network among those that differ only in sizes; networks without others have no place."""
    families: dict[Settings, list[Settings]] = {}
    for network in dict.fromkeys(networks):
        families.setdefault(_shared(network), []).append(network)
    places: dict[Settings, ShapePlace] = {}
    for family in families.values():
        varied = [name for name in SIZES if len({dict(network).get(name) for network in family}) > 1]
        sizes = {network: sum((dict(network).get(name, ()) for name in varied), ()) for network in family}
        first = {network: ShapePlace(len(size), size[:1]) for network, size in sizes.items()}
        whole = {network: ShapePlace(len(size), size) for network, size in sizes.items()}
        if varied:
            places |= first if len(set(first.values())) == len(family) else whole
    return places


def _families(shared: list[Settings]) -> dict[Settings, str]:
    if len(shared) == 1:
        return dict.fromkeys(shared, "")
    return shortened(dict(zip(shared, labels([dict(one) for one in shared], schema.WORKLOAD), strict=True)))


def _by_sparsity(group: Sequence[Cell]) -> list[tuple[Condition, list[Cell]]]:
    levels = sorted({cell.sparsity for cell in group})
    return [(Condition(level, None), [cell for cell in group if cell.sparsity == level]) for level in levels]


def _by_count(group: Sequence[Cell], counts: Callable[[Cell], float | None]) -> list[tuple[Condition, list[Cell]]]:
    """Groups with equal counts. Groups with one sparsity are left out, since they repeat that sparsity's map."""
    by_count: dict[float, list[Cell]] = {}
    for cell in group:
        if (count := counts(cell)) is not None:
            by_count.setdefault(count, []).append(cell)
    return [
        (Condition(None, count), members)
        for count, members in sorted(by_count.items(), reverse=True)
        if len({cell.sparsity for cell in members}) > 1
    ]


def _counts(cells: Sequence[Cell]) -> Callable[[Cell], float | None]:
    """A function from a cell to the least count equal to its number of nonzero weights."""
    least: list[float] = []
    for count in sorted(cell.nonzero for cell in cells if cell.nonzero is not None):
        if not least or not equal_size(least[-1], count):
            least.append(count)

    def of(cell: Cell) -> float | None:
        return None if cell.nonzero is None else max(count for count in least if count <= cell.nonzero)

    return of
