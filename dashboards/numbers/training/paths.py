"""Sparsity over training, for methods that prune during training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean
from dashboards.read.results import Results
from dashboards.read.series import Series

CURVE = "pruning/sparsity"  # of the masks, at each evaluation
ROUNDING = 3  # digits: sparsities of different networks agree up to this, since counts are whole numbers
SINCE = "cost/steps_since_last_mask"


@dataclass(frozen=True)
class Path:
    """The path of a series to one sparsity: the mean over its trials. All rungs of a ladder are one path."""

    series: Series
    sparsity: float  # final, as planned, in [0, 1)
    steps: tuple[int, ...]  # of the evaluations
    seen: tuple[float, ...]  # sparsity at each evaluation
    n: int  # trials
    since: float | None  # exact number of training steps after the last change of the mask

    @property
    def changes(self) -> tuple[int, ...]:
        """Positions of the evaluations whose sparsity differs from the one before."""
        return tuple(index for index, (a, b) in enumerate(pairwise(self.seen), 1) if a != b)


def paths(results: Results) -> tuple[Path, ...]:
    """The paths of all series and final sparsities with a recorded change."""
    pruned = [cell for cell in cells(results) if not (cell.series.dense or cell.series.control)]
    trial_of = dict(zip(results.runs["run"], results.runs["trial_key"], strict=True))
    last: dict[str, Cell] = {}
    for cell in sorted(pruned, key=lambda cell: cell.sparsity):
        last |= {trial_of[run]: cell for run in cell.runs}
    curves = results.curves[results.curves["metric"] == CURVE].dropna(subset="value")
    points = curves[curves["run"].isin({run for cell in pruned for run in cell.runs})]
    points = points.assign(trial=points["run"].map(trial_of))
    ends = points["trial"].map(lambda trial: (last[trial].series.label, last[trial].sparsity))
    points_of = {end: members for end, members in points.groupby(ends)}
    cell_of = {(cell.series.label, cell.sparsity): cell for cell in pruned}
    all_paths = (_path(cell, points_of[end], results.runs) for end, cell in cell_of.items() if end in points_of)
    return tuple(path for path in all_paths if path.changes)


def _path(cell: Cell, points: pd.DataFrame, runs: pd.DataFrame) -> Path:
    seen = points.groupby(["trial", "step"], as_index=False)["value"].max()  # where rungs meet, the later rung counts
    means = seen.groupby("step")["value"].mean().round(12)  # equal sparsities stay equal
    since = mean(runs[runs["run"].isin(cell.runs)], SINCE)
    steps = tuple(int(step) for step in means.index)
    return Path(cell.series, cell.sparsity, steps, tuple(means), points["trial"].nunique(), since)


def alike(all_paths: Sequence[Path]) -> tuple[tuple[Path, ...], ...]:
    """Groups of equal paths, up to rounding: one method with one final sparsity on several networks."""
    groups: dict[tuple, list[Path]] = {}
    for path in all_paths:
        seen = tuple(round(value, ROUNDING) for value in path.seen)
        groups.setdefault((path.series.way, path.sparsity, path.steps, seen), []).append(path)
    return tuple(map(tuple, groups.values()))
