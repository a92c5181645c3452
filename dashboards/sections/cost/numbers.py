"""What the section on cost shows: the price of every cell, the fronts, and the speed of every series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cost.costs import CellCost, costs
from dashboards.numbers.cost.epochs import Speed, speeds
from dashboards.numbers.cost.prices import Candidate, candidates, front
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH
from dashboards.words.quantities import large, size
from dashboards.words.units import Unit, unit


@dataclass(frozen=True)
class PriceAxis:
    """A price that cells may have."""

    name: str
    noun: str
    title: str  # of its figure
    of: Callable[[Any], float | None]  # of what has the price: a CellCost, a Footprint or a Conversion
    words: Callable[[float], str]
    said: str  # behind the amount in a sentence
    note: str  # what a figure's note adds to the noun
    measured: bool = False  # by a machine


AXES = (
    PriceAxis("operations", "training operations", "What a sparse kernel could save", lambda cost: cost.operations,
              large, " operations", ", zeros not counted"),
    PriceAxis("bytes", "bytes", "What a sparse file takes", lambda cost: cost.bytes, size, "",
              ", in the smaller format"),
)  # fmt: skip


CLOCK = PriceAxis("seconds", "seconds of training", "What the training of each method took", lambda cost: cost.seconds,
                  lambda seconds: f"{seconds:,.3g}", " s", ", over the whole path", measured=True)  # fmt: skip


@dataclass(frozen=True)
class PricePanel:
    """The cells that have an outcome and this price, and those of them that are on the front, cheapest first."""

    axis: PriceAxis
    prices: tuple[tuple[Cell, float], ...]
    candidates: tuple[Candidate, ...]  # for the front
    front: tuple[Candidate, ...]
    focus: tuple[Cell, ...] = ()  # of the cells, those that are shown however bad their outcomes are


@dataclass(frozen=True)
class Numbers:
    """The panels are those with two cells or more."""

    costs: tuple[CellCost, ...]
    panels: tuple[PricePanel, ...]
    clock: tuple[PricePanel, ...]  # the same by measured time, without a front
    speeds: tuple[Speed, ...]
    unit: Unit
    confidence: float

    @property
    def judged(self) -> bool:
        """Whether any method has seeds enough to tell its speed from the dense network's."""
        return any(speed.times.n >= ENOUGH for speed in self.speeds)


def summarize(results: Results) -> Numbers | None:
    """None where no run recorded what it cost."""
    rows = costs(results)
    *counted, clock = (
        tuple(panel for panel in [_panel(axis, rows)] if len(panel.prices) > 1) for axis in (*AXES, CLOCK)
    )
    timed = speeds([cost.epoch for cost in rows if cost.epoch])
    return Numbers(rows, sum(counted, ()), clock, timed, unit(results.outcome), results.confidence) if rows else None


def _panel(axis: PriceAxis, rows: tuple[CellCost, ...]) -> PricePanel:
    # a network that nobody trained costs 0, which has no place on a logarithmic axis
    priced = tuple((cost.cell, price) for cost in rows if cost.cell.value and (price := axis.of(cost)))
    options = () if axis.measured else candidates(priced)  # a front of times would rest on what else ran beside
    return PricePanel(axis, priced, options, front(options))
