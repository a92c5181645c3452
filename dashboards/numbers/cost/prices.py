"""What accuracy costs: cells by training operations and by bytes, and those that nothing beats on both counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean
from dashboards.read.results import Results

OPERATIONS, DENSE, CSR = "cost/training_flops", "cost/dense_bytes", "cost/csr_bytes"
VALUE_AND_INDEX = 8  # bytes that compressed sparse rows take for a weight that is not zero


@dataclass(frozen=True)
class Price:
    """One cell that has an accuracy; means over its runs, None where none recorded it."""

    cell: Cell
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
        if None in (self.dense, self.csr, self.weights, self.cell.nonzero) or self.cell.nonzero >= self.weights:
            return None
        rest = self.csr - VALUE_AND_INDEX * self.cell.nonzero  # biases and the beginnings of rows
        return (self.dense - rest) / VALUE_AND_INDEX / self.weights


def prices(results: Results) -> tuple[Price, ...]:
    """Of every cell that has an accuracy and any price."""
    found = [_price(cell, results.runs) for cell in cells(results) if cell.accuracy and cell.runs]
    return tuple(one for one in found if (one.operations, one.bytes) != (None, None))


def _price(cell: Cell, runs: pd.DataFrame) -> Price:
    own = runs[runs["run"].isin(cell.runs)]
    layers = [size for name in own if name.startswith("layer_weights/") if (size := mean(own, name)) is not None]
    weights = sum(layers) if layers else None
    return Price(cell, mean(own, OPERATIONS), mean(own, DENSE), mean(own, CSR), weights)


Priced = tuple[Cell, float]  # a cell and one of its prices


def front(priced: Sequence[Priced]) -> tuple[Priced, ...]:
    """The Pareto front, cheapest first: the cells that no other is both as cheap as and as good as on validation.

    Of two that are equal in both, both are in. The dense network is always in, since all others are measured from it:
    of several that which is best on validation. Cells without a validation accuracy take no part."""
    judged = [one for one in priced if one[0].validation is not None]
    members = [one for one in judged if not beaten(one, judged)]
    dense = max((one for one in judged if one[0].unpruned), key=lambda one: one[0].validation, default=None)
    if dense and not any(cell.unpruned for cell, _ in members):
        members.append(dense)
    return tuple(sorted(members, key=lambda one: one[1]))


def beaten(one: Priced, priced: Sequence[Priced]) -> Cell | None:
    """The best on validation of the cells that are as cheap and as good, and better in one of the two."""
    found = [other for other, price in priced if other.validation is not None and _beats((other, price), one)]
    return max(found, key=lambda cell: cell.validation, default=None)


def _beats(other: Priced, one: Priced) -> bool:
    (their, cheap), (our, price) = other, one
    no_worse = their.validation >= our.validation and cheap <= price
    return no_worse and (their.validation > our.validation or cheap < price)
