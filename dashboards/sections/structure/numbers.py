"""What the section on removed units shows."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.numbers.structure.footprint import Footprint
from dashboards.numbers.structure.units import Structure, UnitRemoval, structure
from dashboards.read.results import Results
from dashboards.sections.cost.numbers import PriceAxis, PricePanel
from dashboards.words.quantities import large
from dashboards.words.units import Unit, unit


def _times(one: Footprint) -> float | None:
    """The multiple of dense's step time; a dense network is its own twin."""
    if one.times:
        return one.times.mean
    return 1.0 if one.cell.unpruned and one.step else None


AXES = (
    PriceAxis("parameters", "stored parameters", "What is stored", lambda one: one.parameters, large, " parameters",
              ", biases and masked weights included"),
    PriceAxis("step-time", "time of a training step, of dense", "What a training step took",
              _times, "{:g}×".format, "", ", after the last mask", measured=True),
)  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """Every network that lost units, its peers, and the panels of outcomes against real savings."""

    structure: Structure
    panels: tuple[PricePanel, ...]
    unit: Unit
    confidence: float

    @property
    def removals(self) -> tuple[UnitRemoval, ...]:
        """The networks that lost units."""
        return self.structure.removals

    @property
    def sparsest(self) -> UnitRemoval:
        """The one with the fewest weights; of equals the best on validation."""
        return max(self.removals, key=lambda one: (one.cell.level, one.cell.score or -float("inf")))


def summarize(results: Results) -> Numbers | None:
    """None where no network lost whole units."""
    found = structure(results)
    if found is None:
        return None
    panels = tuple(panel for axis in AXES if len((panel := _panel(axis, found)).prices) > 1)
    return Numbers(found, panels, unit(results.outcome), results.confidence)


def _panel(axis: PriceAxis, found: Structure) -> PricePanel:
    """Without a front: peers of one size are what is compared."""
    prices = tuple((one.cell, price) for one in found.footprints if (price := axis.of(one)) is not None)
    priced = {id(cell) for cell, _ in prices}
    focus = tuple(one.cell for one in found.removals if id(one.cell) in priced)
    return PricePanel(axis, prices, (), (), focus)
