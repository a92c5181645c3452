"""Steps until a network is within the margin of its twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from statistics import median

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.plan_file import OutcomeEntry
from dashboards.read.results import Results

CURVE, LAST = "val/{metric}", "final/val_{metric}"  # on validation, never on the test set


@dataclass(frozen=True)
class Reached:
    """One cell. A step is None for a seed that never reaches the margin: such seeds are counted, not averaged."""

    cell: Cell
    by_seed: Mapping[int, float | None]  # step of the first evaluation within the margin
    steps: int  # of the longest run: "never" means not within this number

    @property
    def count(self) -> int:
        """Number of seeds that reach the margin."""
        return sum(step is not None for step in self.by_seed.values())

    @property
    def middle(self) -> float | None:
        """The median over seeds, with "never" later than any step; None if the median is "never"."""
        return _middle(self.by_seed.values())

    @property
    def span(self) -> tuple[float, float] | None:
        """The first and the last step of the seeds that reach the margin; None without any."""
        steps = [step for step in self.by_seed.values() if step is not None]
        return (min(steps), max(steps)) if steps else None


@dataclass(frozen=True)
class Slowdown:
    """The ratio of steps to the dense network, with medians over seeds."""

    reached: Reached
    times: float  # ratio to the dense network's steps


def slowdowns(reached_cells: Iterable[Reached]) -> tuple[Slowdown, ...]:
    """The slowdowns of all pruned cells that reach the margin, relative to the dense network.

    Empty unless there is exactly one dense network that reaches it.
    """
    reached_cells = tuple(reached_cells)
    dense = [cell.middle for cell in reached_cells if cell.cell.series.dense]
    if len(dense) != 1 or not dense[0]:
        return ()
    pruned = [
        cell
        for cell in reached_cells
        if not (cell.cell.series.dense or cell.cell.series.control) and cell.cell.level > 0
    ]
    return tuple(Slowdown(cell, cell.middle / dense[0]) for cell in pruned if cell.middle)


def reached(results: Results) -> tuple[Reached, ...]:
    """All cells with validation curves and finished twins; a twin is its own twin.

    An evaluation counts only at the final sparsity: before that, it is of another network. Several draws of one seed
    count by their median, with "never" later than any step.
    """
    outcome = results.outcome
    curve, last = (name.format(metric=outcome.metric) for name in (CURVE, LAST))
    if last not in results.runs:
        return ()
    runs = results.runs.set_index("run")
    curves = {run: points for run, points in results.curves[results.curves["metric"] == curve].groupby("run")}
    reached_cells = (_of_cell(cell, runs, runs[last].to_dict(), curves, outcome) for cell in cells(results))
    return tuple(cell for cell in reached_cells if cell)


def _of_cell(
    cell: Cell, runs: pd.DataFrame, ends: Mapping[str, float], curves: Mapping[str, pd.DataFrame], outcome: OutcomeEntry
) -> Reached | None:
    """`ends`: the outcome on validation at the last step, by run. None for networks that take no step."""
    by_seed: dict[int, list[int | None]] = {}
    last = 0
    for name in cell.runs:
        run = runs.loc[name]
        twin = run["twin"] if pd.notna(run["twin"]) else name
        if name not in curves or twin not in ends or not isfinite(ends[twin]):
            continue
        points = curves[name].sort_values("step")
        end = points["step"].iloc[-1]  # after rewinding, fewer than the steps taken
        points = points[points["step"] > end - run.get("cost/steps_since_last_mask", end)]
        if outcome.more_is_better:
            within = points[points["value"] >= ends[twin] - outcome.margin]["step"]
        else:
            within = points[points["value"] <= ends[twin] + outcome.margin]["step"]
        by_seed.setdefault(int(run["seed"]), []).append(int(within.iloc[0]) if len(within) else None)
        last = max(last, int(curves[name]["step"].max()))
    return Reached(cell, {seed: _middle(steps) for seed, steps in by_seed.items()}, last) if last else None


def _middle(steps: Iterable[float | None]) -> float | None:
    middle = median(inf if step is None else step for step in steps)
    return middle if isfinite(middle) else None
