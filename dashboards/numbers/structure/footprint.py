"""What a trained network really takes: its stored parameters, and the time of a training step of its final form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import mean, rows_of
from dashboards.numbers.cells.outcomes import per_seed
from dashboards.read.results import Results
from dashboards.statistics.estimates import POSITIVE, Estimate, estimate

PARAMETERS = "final/total_parameters"
STEPS, SECONDS = "cost/steps_since_last_mask", "cost/seconds_since_last_mask"


@dataclass(frozen=True)
class Footprint:
    """One cell; None where no run recorded it."""

    cell: Cell
    parameters: float | None  # stored, biases and masked weights included
    share: float | None  # of the parameters of its dense twins
    step: float | None  # seconds of a training step since the masks last changed or the network shrank
    times: Estimate | None  # ratio to a step of the twin's, paired by seed


def footprints(cells: Iterable[Cell], results: Results) -> tuple[Footprint, ...]:
    """The footprint of each cell. Their twins are dense networks."""
    runs = results.runs.set_index("run")
    seconds = _seconds_of_a_step(runs)
    return tuple(_footprint(cell, results, runs, seconds) for cell in cells)


def _footprint(cell: Cell, results: Results, runs: pd.DataFrame, seconds: pd.Series) -> Footprint:
    pairs = [(run, twin) for run in cell.runs if (twin := runs["twin"].get(run)) in runs.index]
    ratios = per_seed((runs["seed"][run], seconds[run] / seconds[twin]) for run, twin in pairs
                      if run in seconds and twin in seconds)  # fmt: skip
    parameters = mean(rows_of(cell, results), PARAMETERS)
    dense = mean(runs.loc[[twin for _, twin in pairs]], PARAMETERS)
    own = estimate([seconds[run] for run in cell.runs if run in seconds])
    return Footprint(
        cell, parameters, parameters / dense if parameters and dense else None, own.mean if own else None,
        estimate(list(ratios.values()), results.confidence, POSITIVE),
    )  # fmt: skip


def _seconds_of_a_step(runs: pd.DataFrame) -> pd.Series:
    """By run; without those that did not train after the last change of their masks."""
    if not {STEPS, SECONDS} <= set(runs):
        return pd.Series(dtype=float)
    trained = runs[(runs[STEPS] > 0) & (runs[SECONDS] > 0)]
    return trained[SECONDS] / trained[STEPS]
