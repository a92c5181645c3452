"""The time of an epoch by cell, and its ratio to the dense twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.outcomes import Outcomes, per_seed
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import POSITIVE, Estimate, adjusted, estimate

SECONDS = "cost/seconds_per_epoch"


@dataclass(frozen=True)
class Epoch:
    """One cell. Seconds count only training steps, over the whole path."""

    cell: Cell
    seconds: Estimate
    times: Estimate | None  # ratio to the twin's seconds, paired by seed; None without pairs


def epochs(results: Results) -> tuple[Epoch, ...]:
    """The epoch times of all cells with timed runs."""
    if SECONDS not in results.runs:
        return ()
    timed = results.runs.dropna(subset=SECONDS).set_index("run")
    rows = []
    for cell in cells(results):
        runs = timed[timed.index.isin(cell.runs)]
        by_seed = per_seed(zip(runs["seed"], runs[SECONDS], strict=True))
        if seconds := estimate(list(by_seed.values()), results.confidence, POSITIVE):
            ratios = {} if cell.series.control else _to_twins(runs, timed[SECONDS])  # their twins are not dense
            rows.append(Epoch(cell, seconds, Outcomes(ratios).estimate(results.confidence, POSITIVE)))
    return tuple(rows)


def _to_twins(runs: pd.DataFrame, seconds: pd.Series) -> dict[int, float]:
    pairs = zip(runs["seed"], runs[SECONDS], runs["twin"], strict=True)
    return per_seed((seed, value / seconds[twin]) for seed, value, twin in pairs
                    if twin in seconds.index and seconds[twin] > 0)  # fmt: skip


@dataclass(frozen=True)
class Speed:
    """A series at its sparsest level, where sparse kernels would save most."""

    cell: Cell
    times: Estimate  # in units of the dense twin's time per epoch
    p_value: float | None  # of the paired t-test against 1, by Holm over all series; None with too few seeds


def speeds(timed: Sequence[Epoch]) -> tuple[Speed, ...]:
    """The speed of all series with a dense twin."""
    sparsest: dict[Series, tuple[Cell, Estimate]] = {}
    for epoch in sorted(timed, key=lambda epoch: epoch.cell.level):
        if epoch.times and epoch.cell.level > 0:
            sparsest[epoch.cell.series] = (epoch.cell, epoch.times)
    order = [series for series in dict.fromkeys(epoch.cell.series for epoch in timed) if series in sparsest]
    p_values = adjusted([sparsest[series][1] for series in order], null=1.0)
    return tuple(Speed(*sparsest[series], p_value) for series, p_value in zip(order, p_values, strict=True))
