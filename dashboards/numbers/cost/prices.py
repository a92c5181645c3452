"""Outcomes and their costs: cells with a price, and their Pareto front."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboards.numbers.cells.cell import Cell
from dashboards.statistics.estimates import Estimate


@dataclass(frozen=True)
class Candidate:
    """A cell with one of its prices and its score."""

    cell: Cell
    price: float
    value: Estimate
    score: float  # on validation; more is better


def candidates(priced: Iterable[tuple[Cell, float]]) -> tuple[Candidate, ...]:
    """The priced cells that have a value and a score."""
    return tuple(Candidate(cell, price, cell.value, cell.score) for cell, price in priced
                 if cell.value and cell.score is not None)  # fmt: skip


def front(options: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The Pareto front by price and validation score, cheapest first.

    It has every cell that no other cell beats. Two equal cells are both in. The best dense network on validation is
    always in, as the reference for all others.
    """
    members = [option for option in options if not beaten(option, options)]
    dense = max((option for option in options if option.cell.unpruned), key=lambda option: option.score, default=None)
    if dense and not any(member.cell.unpruned for member in members):
        members.append(dense)
    return tuple(sorted(members, key=lambda member: member.price))


def beaten(option: Candidate, options: Sequence[Candidate]) -> Candidate | None:
    """The best on validation of the cells that beat `option`; None without any."""
    return max((other for other in options if _beats(other, option)), key=lambda other: other.score, default=None)


def _beats(other: Candidate, option: Candidate) -> bool:
    no_worse = other.score >= option.score and other.price <= option.price
    return no_worse and (other.score > option.score or other.price < option.price)
