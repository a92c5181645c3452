"""Masks at initialisation against shuffled ones: as many weights in each layer, at other places."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.appearance import ARM
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate, adjusted, is_clear

SHUFFLED = "shuffled"


@dataclass(frozen=True)
class ShuffledPair:
    """A mask against shuffled ones at one level. Draws at one seed count with their mean."""

    own: Cell
    shuffled: Cell
    gain: Estimate | None  # of the mask's own places, paired by seed; positive: they are better
    p_value: float | None = None  # of the paired t-test, by Holm over all methods and levels

    @property
    def series(self) -> Series:
        """The method whose masks are shuffled."""
        return self.own.series

    @property
    def level(self) -> float:
        """The sparsity of both."""
        return self.own.level

    def clear(self, confidence: float) -> bool:
        """Whether the difference is significant."""
        return is_clear(self.p_value, confidence)


def shuffles(results: Results) -> tuple[ShuffledPair, ...]:
    """Every shuffled control beside its main runs, by method, from dense to sparse; without those of ladders."""
    alone = [cell for cell in cells(results) if cell.round is None]
    mains = {(cell.series.settings, cell.level): cell for cell in alone if not cell.series.control}
    found = [ShuffledPair(own, cell, own.ahead_of(cell, results.confidence)) for cell in alone
             if cell.series.arm == SHUFFLED and (own := mains.get((_main(cell.series), cell.level)))]  # fmt: skip
    p_values = adjusted([one.gain for one in found])
    return tuple(replace(one, p_value=p_value) for one, p_value in zip(found, p_values, strict=True))


def _main(control: Series) -> frozenset:
    """The settings of the runs that a control belongs to."""
    return frozenset(setting for setting in control.settings if setting[0] != ARM)
