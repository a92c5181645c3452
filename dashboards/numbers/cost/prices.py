"""What an outcome costs: cells by training operations and by bytes, and those that nothing beats on both counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean
from dashboards.read.results import Results
from dashboards.statistics.estimates import Estimate

OPERATIONS, DENSE, CSR = "cost/training_flops", "cost/dense_bytes", "cost/csr_bytes"
VALUE_AND_INDEX = 8  # bytes that compressed sparse rows take for a weight that is not zero


@dataclass(frozen=True)
class Price:
    """One cell that has a value; means over its runs, None where none recorded it."""

    cell: Cell
    value: Estimate  # of the cell
    operations: float | None  # of the whole training, zeros not counted
    dense: float | None  # bytes of all parameters as they are
    csr: float | None  # bytes with the prunable weights as compressed sparse rows
    weights: float | None  # prunable ones of the network that was trained, zeros included

    @property
    def bytes(self) -> float | None:
        """In the format that takes less."""
        found = [size for size in (self.dense, self.csr) if size is not None]
        return min(found) if found else None

    @property
    def compressed(self) -> bool:
        """Whether the compressed form takes less."""
        return self.csr is not None and (self.dense is None or self.csr < self.dense)

    @property
    def break_even(self) -> float | None:
        """The density below which this network takes less in the compressed form; None where it has no zeros."""
        dense, csr, weights, nonzero = self.dense, self.csr, self.weights, self.cell.nonzero
        if dense is None or csr is None or weights is None or nonzero is None or nonzero >= weights:
            return None
        rest = csr - VALUE_AND_INDEX * nonzero  # biases and the beginnings of rows
        return (dense - rest) / VALUE_AND_INDEX / weights


def prices(results: Results) -> tuple[Price, ...]:
    """Of every cell that has a value and any price."""
    found = [_price(cell, cell.value, results.runs) for cell in cells(results) if cell.value and cell.runs]
    return tuple(one for one in found if (one.operations, one.bytes) != (None, None))


def _price(cell: Cell, value: Estimate, runs: pd.DataFrame) -> Price:
    own = runs[runs["run"].isin(cell.runs)]
    layers = [size for name in own if name.startswith("layer_weights/") if (size := mean(own, name)) is not None]
    weights = sum(layers) if layers else None
    return Price(cell, value, mean(own, OPERATIONS), mean(own, DENSE), mean(own, CSR), weights)


@dataclass(frozen=True)
class Candidate:
    """A cell at one of its prices, with what it is chosen by."""

    cell: Cell
    price: float
    value: Estimate
    score: float  # on validation, more is better


def candidates(priced: Iterable[tuple[Cell, float]]) -> list[Candidate]:
    """Of cells and their prices, those that can be chosen."""
    return [Candidate(cell, price, cell.value, cell.score) for cell, price in priced
            if cell.value and cell.score is not None]  # fmt: skip


def front(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The Pareto front, cheapest first: the cells that no other is both as cheap as and as good as on validation.

    Of two that are equal in both, both are in. The dense network is always in, since all others are measured from it:
    of several that which is best on validation."""
    members = [one for one in found if not beaten(one, found)]
    dense = max((one for one in found if one.cell.unpruned), key=lambda one: one.score, default=None)
    if dense and not any(one.cell.unpruned for one in members):
        members.append(dense)
    return tuple(sorted(members, key=lambda one: one.price))


def beaten(one: Candidate, found: Sequence[Candidate]) -> Candidate | None:
    """The best on validation of the cells that are as cheap and as good, and better in one of the two."""
    return max((other for other in found if _beats(other, one)), key=lambda other: other.score, default=None)


def _beats(other: Candidate, one: Candidate) -> bool:
    no_worse = other.score >= one.score and other.price <= one.price
    return no_worse and (other.score > one.score or other.price < one.price)
