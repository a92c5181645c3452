"""How long an epoch takes, cell by cell, and against the dense twin."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, per_seed
from dashboards.numbers.cells.outcomes import Outcomes
from dashboards.numbers.cost.simulated import simulated
from dashboards.read.results import Results
from dashboards.statistics.estimates import POSITIVE, Estimate, estimate

SECONDS = "cost/seconds_per_epoch"


@dataclass(frozen=True)
class Epoch:
    """One cell. Seconds are those of training steps alone, over the whole path."""

    cell: Cell
    seconds: Estimate
    ratios: Outcomes  # seconds over those of the twin; empty where there are no pairs
    times: Estimate | None  # their mean
    simulated: bool  # zeros were multiplied


def epochs(results: Results) -> tuple[Epoch, ...]:
    """Of every cell whose runs have been timed."""
    if SECONDS not in results.runs:
        return ()
    timed = results.runs.dropna(subset=SECONDS).set_index("run")
    found = []
    for cell in cells(results):
        own = timed[timed.index.isin(cell.runs)]
        by_seed = per_seed(zip(own["seed"], own[SECONDS], strict=True))
        if seconds := estimate(list(by_seed.values()), results.confidence, POSITIVE):
            ratios = Outcomes({} if cell.series.control else _to_twins(own, timed[SECONDS]))  # those are not dense
            times = ratios.estimate(results.confidence, POSITIVE)
            found.append(Epoch(cell, seconds, ratios, times, simulated(results.runs, cell)))
    return tuple(found)


def _to_twins(own: pd.DataFrame, seconds: pd.Series) -> dict[int, float]:
    pairs = zip(own["seed"], own[SECONDS], own["twin"], strict=True)
    return per_seed((seed, value / seconds[twin]) for seed, value, twin in pairs
                    if twin in seconds.index and seconds[twin] > 0)  # fmt: skip
