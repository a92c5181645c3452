"""How far a series can be pruned before its mean falls out of the margin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.cells import Cell
from dashboards.series import Series
from dashboards.statistics import ENOUGH


@dataclass(frozen=True)
class Walk:
    """One series, walked from dense to sparse over the cells that have pairs."""

    series: Series
    within: Cell | None  # the sparsest before the first that is beyond the margin; None: the first one already is
    beyond: Cell | None  # the first whose mean difference to the twin is below -margin; None: none is
    unpaired: tuple[float, ...]  # levels before `beyond` at which there is no pair

    @property
    def fewest(self) -> int:
        """Pairs in the cells that the answer rests on, at the least."""
        return min(cell.difference.n for cell in (self.within, self.beyond) if cell)

    @property
    def enough(self) -> bool:
        """Whether there are seeds enough for a verdict."""
        return self.fewest >= ENOUGH


def walk(cells: Iterable[Cell], margin: float) -> Walk | None:
    """Walk the cells of one series, given from dense to sparse; None where none of them has a pair."""
    within, unpaired = None, []
    series = None
    for cell in cells:
        series = cell.series
        if cell.difference is None:
            unpaired.append(cell.sparsity)
        elif cell.difference.mean < -margin:
            return Walk(series, within, cell, tuple(unpaired))
        else:
            within = cell
    return Walk(series, within, None, tuple(unpaired)) if within else None
