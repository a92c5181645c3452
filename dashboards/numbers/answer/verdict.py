"""The verdict of a sweep: the methods that stay within the margin furthest, and the limits of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.numbers.answer.limits import Limits, limits_of
from dashboards.numbers.answer.margins import Walk
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results

Reason = Literal["", "nothing finished", "no outcome", "no twins", "few seeds"]


@dataclass(frozen=True)
class Verdict:
    """The verdict. `reason` explains a missing verdict; then the other fields are empty."""

    reason: Reason
    seeds: int = 0  # with too few: the least number at a level, of the method with most
    leaders: tuple[Cell, ...] = ()  # each at its last safe level, the sparsest of all methods
    others: tuple[Walk, ...] = ()  # with enough seeds, but denser limits
    densest: float = 0.0  # densest trained level
    sparsest: float = 0.0  # sparsest trained level

    @property
    def level(self) -> float:
        """The sparsity of the leaders; 0 if no method is safe."""
        return max((cell.level for cell in self.leaders), default=0.0)

    @property
    def next_level(self) -> float | None:
        """The furthest safe level of the others: 0 if none is safe, None without others."""
        return max((walk.safe.level if walk.safe else 0.0 for walk in self.others), default=None)


def verdict_of(results: Results) -> Verdict:
    """On one task."""
    return verdict(cells(results), limits_of(results))


def verdict(settings: Sequence[Cell], limits: Sequence[Limits]) -> Verdict:
    """The verdict on the cells of one task, given the limits of its methods."""
    values = [cell for cell in settings if cell.value]
    if not values:
        return Verdict("no outcome" if any(cell.runs for cell in settings) else "nothing finished")
    if not limits:
        return Verdict("no twins")
    walks = [limit.last for limit in limits]
    judged = [walk for walk in walks if walk.enough]
    if not judged:
        return Verdict("few seeds", max(walk.fewest for walk in walks))
    furthest = min(walk.safe.density if walk.safe else 1.0 for walk in judged)
    leaders = [walk for walk in judged if walk.safe and walk.safe.density == furthest]
    levels = [cell.level for cell in values if cell.level > 0 and not cell.series.control]
    return Verdict(
        "", 0, tuple(walk.safe for walk in leaders if walk.safe),
        tuple(walk for walk in judged if walk not in leaders), min(levels), max(levels),
    )  # fmt: skip
