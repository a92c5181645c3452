"""How long an epoch takes, cell by cell, and against the dense twin."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboards.cells import Cell, cells
from dashboards.results import Results
from dashboards.simulated import simulated
from dashboards.statistics import Estimate, estimate

SECONDS = "cost/seconds_per_epoch"


@dataclass(frozen=True)
class Epoch:
    """One cell. Seconds are those of training steps alone, over the whole path."""

    cell: Cell
    seconds: Estimate
    times: Estimate | None  # the twin's, paired by seed; None where there are no pairs
    simulated: bool  # zeros were multiplied


def epochs(results: Results) -> tuple[Epoch, ...]:
    """Of every cell whose runs have been timed."""
    if SECONDS not in results.runs:
        return ()
    timed = results.runs.dropna(subset=SECONDS).set_index("run")
    found = []
    for cell in cells(results):
        own = timed[timed.index.isin(cell.runs)]
        if seconds := estimate(list(own[SECONDS]), results.confidence):
            twins = [] if cell.series.control else _to_twins(own, timed[SECONDS])  # those of a control are not dense
            times = estimate(twins, results.confidence)
            found.append(Epoch(cell, seconds, times, simulated(results.runs, cell)))
    return tuple(found)


def _to_twins(own: pd.DataFrame, seconds: pd.Series) -> list[float]:
    pairs = zip(own[SECONDS], own["twin"])
    return [value / seconds[twin] for value, twin in pairs if twin in seconds.index and seconds[twin] > 0]
