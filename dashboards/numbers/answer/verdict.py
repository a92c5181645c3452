"""What a sweep comes down to: which methods stay within the margin furthest, and how far the others get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.numbers.answer.limits import Limits
from dashboards.numbers.answer.margins import Walk
from dashboards.numbers.cells.cell import Cell

Reason = Literal["", "nothing finished", "no outcome", "no twins", "few seeds"]


@dataclass(frozen=True)
class Verdict:
    """`reason` says why there is none; then all else is empty."""

    reason: Reason
    seeds: int = 0  # where there are too few: of the method with the most, at its level with the fewest
    leaders: tuple[Cell, ...] = ()  # each at its last safe level, which is the furthest of all
    others: tuple[Walk, ...] = ()  # with seeds enough, and not as far
    densest: float = 0.0  # level that was tried
    sparsest: float = 0.0

    @property
    def level(self) -> float:
        """The leaders' sparsity; 0 where no method is safe anywhere."""
        return max((cell.level for cell in self.leaders), default=0.0)

    @property
    def next_level(self) -> float | None:
        """How far the best of the others gets: 0 if it is safe nowhere; None where there are no others."""
        return max((walk.safe.level if walk.safe else 0.0 for walk in self.others), default=None)


def verdict(cells: Sequence[Cell], limits: Sequence[Limits]) -> Verdict:
    """Of the sparse and the dense cells of one task, and of the limits of its methods."""
    values = [cell for cell in cells if cell.value]
    if not values:
        return Verdict("no outcome" if any(cell.runs for cell in cells) else "nothing finished")
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
