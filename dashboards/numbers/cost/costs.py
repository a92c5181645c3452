"""The costs of each cell: counted operations and bytes, measured time and memory."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean, rows_of
from dashboards.numbers.cost.epochs import Epoch, epochs
from dashboards.numbers.cost.zeros import zeros_left_out
from dashboards.read.results import Results
from dashboards.schema import LANGUAGE_METRICS, UNPRUNED

STEPS, SECONDS = "cost/steps_total", "cost/path_train_seconds"
OPERATIONS, PER_EXAMPLE = "cost/training_flops", "cost/flops_per_example"
DENSE, CSR = "cost/dense_bytes", "cost/csr_bytes"
PEAK, DEVICE = "cost/peak_memory_bytes", "numerics.device"
VALUE_AND_INDEX = 8  # bytes of a nonzero weight in compressed sparse rows


@dataclass(frozen=True)
class CellCost:
    """The costs of one cell: means over its runs, None if no run recorded them."""

    cell: Cell
    steps: float | None  # of the whole path, from the initial weights
    operations: float | None  # of the whole path, without zeros
    per_example: float | None  # operations of one forward pass, without zeros
    dense: float | None  # bytes of all parameters, stored dense
    csr: float | None  # bytes with the prunable weights as compressed sparse rows
    weights: float | None  # prunable weights of the trained network, with zeros
    seconds: float | None  # training time of the whole path, without evaluations
    epoch: Epoch | None
    gpu_memory: float | None  # peak bytes of torch's tensors; None on CPUs, where one process serves several trials
    left_out: float | None  # fraction of training steps that left the zeros out; None for a network without zeros
    partial: int  # runs of an older version that omitted some operations

    @property
    def bytes(self) -> float | None:
        """Bytes in the smaller format."""
        sizes = [size for size in (self.dense, self.csr) if size is not None]
        return min(sizes) if sizes else None

    @property
    def simulated(self) -> bool:
        """Whether all of training multiplied the zeros."""
        return self.left_out == 0

    @property
    def break_even(self) -> float | None:
        """The density below which compressed sparse rows are smaller; None for a network without zeros."""
        dense, csr, weights, nonzero = self.dense, self.csr, self.weights, self.cell.nonzero
        if dense is None or csr is None or weights is None or nonzero is None or nonzero >= weights:
            return None
        rest = csr - VALUE_AND_INDEX * nonzero  # biases and row pointers
        return (dense - rest) / VALUE_AND_INDEX / weights


def costs(results: Results) -> tuple[CellCost, ...]:
    """The costs of all cells with a recorded cost. They are computed once, since several sections need them.

    Shuffled masks at initialisation are left out: they cost as much as the main runs.
    """
    if "costs" not in results.derived:
        results.derived["costs"] = _costs(results)
    return results.derived["costs"]


def _costs(results: Results) -> tuple[CellCost, ...]:
    timed = {id(epoch.cell): epoch for epoch in epochs(results)}
    rows = (_cost(cell, results, timed.get(id(cell))) for cell in cells(results)
            if cell.runs and not cell.copied)  # fmt: skip
    return tuple(cost for cost in rows if _known(cost))


def _known(cost: CellCost) -> bool:
    measures = (cost.steps, cost.operations, cost.per_example, cost.bytes, cost.seconds, cost.epoch, cost.gpu_memory)
    return any(measure is not None for measure in measures) or cost.partial > 0


def _cost(cell: Cell, results: Results, epoch: Epoch | None) -> CellCost:
    runs = rows_of(cell, results)
    partial = _counted_in_part(runs)
    layers = [size for name in runs if name.startswith("layer_weights/") if (size := mean(runs, name)) is not None]
    on_gpu = all(results.provenance.get(run, {}).get(DEVICE) == "cuda" for run in cell.runs)
    return CellCost(
        cell,
        steps=mean(runs, STEPS),
        operations=mean(runs[~partial], OPERATIONS),
        per_example=mean(runs[~partial], PER_EXAMPLE),
        dense=mean(runs, DENSE),
        csr=mean(runs, CSR),
        weights=sum(layers) if layers else None,
        seconds=mean(runs, SECONDS),
        epoch=epoch,
        gpu_memory=mean(runs, PEAK) if on_gpu else None,
        left_out=zeros_left_out(results.runs, cell),
        partial=int(partial.sum()),
    )


def _counted_in_part(runs: pd.DataFrame) -> pd.Series:
    """Runs of language models from versions that did not count attention and head."""
    of_language = runs[[name for name in LANGUAGE_METRICS if name in runs]].notna().any(axis=1)
    return of_language & (runs[UNPRUNED].isna() if UNPRUNED in runs else True)
