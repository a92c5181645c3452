"""Networks that lost whole units, against narrow dense ones and unstructured ones with as many weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dashboards.numbers.answer.comparison import Comparison, comparison, with_p_values
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.structure.footprint import Footprint, footprints
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.sizes import equal_size

STRUCTURED, SMALL_DENSE = "structured", "small_dense"


@dataclass(frozen=True)
class Peer:
    """A network with as many weights as one that lost units."""

    footprint: Footprint
    comparison: Comparison  # of the structured network against it, paired by seed; p by Holm over all of the sweep

    @property
    def cell(self) -> Cell:
        """Its outcomes."""
        return self.footprint.cell


@dataclass(frozen=True)
class UnitRemoval:
    """A network that lost whole units, and its peers: narrow dense networks first."""

    own: Footprint
    peers: tuple[Peer, ...]

    @property
    def cell(self) -> Cell:
        """Its outcomes."""
        return self.own.cell


@dataclass(frozen=True)
class Structure:
    """Every network that lost units, and the footprints of all networks beside them, dense ones first."""

    removals: tuple[UnitRemoval, ...]
    footprints: tuple[Footprint, ...]


def structure(results: Results) -> Structure | None:
    """None where no network lost whole units."""
    present = [cell for cell in cells(results) if cell.value and not cell.series.control]
    structured = [cell for cell in present if cell.series.method == STRUCTURED and cell.level > 0]
    networks = {cell.series.workload for cell in structured}
    every = footprints([cell for cell in present if cell.series.workload in networks], results)
    by_cell = {id(one.cell): one for one in every}
    pairs = [(cell, peer) for cell in structured for peer in _peers(cell, present)]
    compared = with_p_values([comparison(cell, peer, results.confidence) for cell, peer in pairs])
    removals = {id(cell): UnitRemoval(by_cell[id(cell)], ()) for cell in structured}
    for own, group in groupby(compared, key=lambda pair: id(pair.ours)):
        peers = tuple(Peer(by_cell[id(pair.theirs)], pair) for pair in group)
        removals[own] = replace(removals[own], peers=peers)
    return Structure(tuple(removals.values()), every) if structured else None


def _peers(cell: Cell, present: Sequence[Cell]) -> list[Cell]:
    """Of every other series on the same network the cell that is nearest in size, if their sizes are equal."""
    nearest: dict[Series, Cell] = {}
    for other in present:
        if other.series.workload == cell.series.workload and _is_peer(cell, other):
            known = nearest.get(other.series)
            if known is None or _apart(cell, other) < _apart(cell, known):
                nearest[other.series] = other
    return sorted(nearest.values(), key=lambda other: other.series.method != SMALL_DENSE)


def _is_peer(cell: Cell, other: Cell) -> bool:
    if other.series.method == STRUCTURED or other.level == 0 or cell.size is None or other.size is None:
        return False
    return equal_size(cell.size, other.size)


def _apart(cell: Cell, other: Cell) -> float:
    return abs((cell.size or 0.0) - (other.size or 0.0))
