"""Safe sparsity: how far a series can be pruned and surely loses less than the margin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.cells import Cell
from dashboards.language import TextCell
from dashboards.series import Series
from dashboards.statistics import ENOUGH, Estimate


@dataclass(frozen=True)
class Walk:
    """One series, walked from dense to sparse over the cells that have pairs, up to the first that is not safe.

    A cell is safe where the one-sided lower bound of its mean difference to the twin is above -margin."""

    series: Series
    safe: Cell | TextCell | None  # the last safe one; None: the first is not
    unsafe: Cell | TextCell | None  # the first that is not safe; None: all are
    unpaired: tuple[float, ...]  # levels before `unsafe` at which there is no pair

    @property
    def fewest(self) -> int:
        """Pairs in the cells that the answer rests on, at the least."""
        return min(cell.difference.n for cell in (self.safe, self.unsafe) if cell)

    @property
    def enough(self) -> bool:
        """Whether there are seeds enough for a verdict."""
        return self.fewest >= ENOUGH


def walk(cells: Iterable[Cell], margin: float, confidence: float) -> Walk | None:
    """Walk the cells of one series, given from dense to sparse; None where none of them has a pair."""
    return _walk([(cell, cell.difference) for cell in cells], margin, confidence)


def walk_best(cells: Iterable[Cell], margin: float, confidence: float) -> Walk | None:
    """The same with the accuracies at the best checkpoint, chosen on the validation set."""
    return _walk([(cell, cell.best_difference) for cell in cells], margin, confidence)


def walk_bits(cells: Iterable[TextCell], margin: float, confidence: float) -> Walk | None:
    """The same with bits per character, of which fewer are better; over what has come to its sparsity."""
    return _walk([(cell, cell.gain) for cell in cells if cell.arrived], margin, confidence)


def _walk(steps: list[tuple[Cell | TextCell, Estimate | None]], margin: float, confidence: float) -> Walk | None:
    safe, unpaired = None, []
    for cell, difference in steps:
        if cell.level == 0:
            continue
        if difference is None:
            unpaired.append(cell.level)
        elif _is_safe(difference, margin, confidence):
            safe = cell
        else:
            return Walk(cell.series, safe, cell, tuple(unpaired))
    return Walk(safe.series, safe, None, tuple(unpaired)) if safe else None


def _is_safe(difference: Estimate, margin: float, confidence: float) -> bool:
    bound = difference.lower_bound(confidence)
    return bound is not None and bound > -margin
