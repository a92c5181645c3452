"""What an outcome costs: cells at a price, and those that no other cell beats on both counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboards.numbers.cells.cell import Cell
from dashboards.statistics.estimates import Estimate


@dataclass(frozen=True)
class Candidate:
    """A cell at one of its prices, with what it is chosen by."""

    cell: Cell
    price: float
    value: Estimate
    score: float  # on validation, more is better


def candidates(priced: Iterable[tuple[Cell, float]]) -> tuple[Candidate, ...]:
    """Of cells and their prices, those that can be chosen."""
    return tuple(Candidate(cell, price, cell.value, cell.score) for cell, price in priced
                 if cell.value and cell.score is not None)  # fmt: skip


def front(options: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The Pareto front, cheapest first: the cells that no other is both as cheap as and as good as on validation.

    Of two that are equal in both, both are in. The dense network is always in, since all others are measured from it:
    of several that which is best on validation."""
    members = [option for option in options if not beaten(option, options)]
    dense = max((option for option in options if option.cell.unpruned), key=lambda option: option.score, default=None)
    if dense and not any(member.cell.unpruned for member in members):
        members.append(dense)
    return tuple(sorted(members, key=lambda member: member.price))


def beaten(option: Candidate, options: Sequence[Candidate]) -> Candidate | None:
    """The best on validation of the cells that are as cheap and as good, and better in one of the two."""
    return max((other for other in options if _beats(other, option)), key=lambda other: other.score, default=None)


def _beats(other: Candidate, one: Candidate) -> bool:
    no_worse = other.score >= one.score and other.price <= one.price
    return no_worse and (other.score > one.score or other.price < one.price)
