"""How many steps a network takes until it is as good as its twin, but for the margin."""

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

CURVE, LAST = "val/{metric}", "final/val_{metric}"  # chosen by validation, never by the test set


@dataclass(frozen=True)
class Reached:
    """One cell. A step is None for a seed that never came within the margin: it is counted, never averaged."""

    cell: Cell
    by_seed: Mapping[int, float | None]  # the first look within the margin, as an optimizer step
    steps: int  # of the longest run: "never" means not within these

    @property
    def count(self) -> int:
        """Seeds that came within the margin."""
        return sum(step is not None for step in self.by_seed.values())

    @property
    def middle(self) -> float | None:
        """The median over seeds, "never" counting as later than any step; None where the median is "never"."""
        return _middle(self.by_seed.values())

    @property
    def span(self) -> tuple[float, float] | None:
        """The first and the last step over the seeds that came there; None where none did."""
        steps = [step for step in self.by_seed.values() if step is not None]
        return (min(steps), max(steps)) if steps else None


@dataclass(frozen=True)
class Slowdown:
    """The steps of one cell over those of the dense network: medians over seeds."""

    reached: Reached
    times: float  # of the dense network's steps


def slowdowns(reached_cells: Iterable[Reached]) -> tuple[Slowdown, ...]:
    """One for every cell of a pruned network that comes within the margin, beside the dense network that all share.

    None without such a network, or where it is not the only one."""
    reached_cells = tuple(reached_cells)
    dense = [one.middle for one in reached_cells if one.cell.series.dense]
    if len(dense) != 1 or not dense[0]:
        return ()
    pruned = [
        one for one in reached_cells if not (one.cell.series.dense or one.cell.series.control) and one.cell.level > 0
    ]
    return tuple(Slowdown(one, one.middle / dense[0]) for one in pruned if one.middle)


def reached(results: Results) -> tuple[Reached, ...]:
    """One for every cell whose runs have validation curves and finished twins; a twin is its own.

    A look counts where the network is already as sparse as it ends: before that, it is another network. Of several
    draws of one seed the median counts, "never" as later than any step."""
    outcome = results.outcome
    curve, last = (name.format(metric=outcome.metric) for name in (CURVE, LAST))
    if last not in results.runs:
        return ()
    runs = results.runs.set_index("run")
    curves = {run: looks for run, looks in results.curves[results.curves["metric"] == curve].groupby("run")}
    reached_cells = (_of_cell(cell, runs, runs[last].to_dict(), curves, outcome) for cell in cells(results))
    return tuple(one for one in reached_cells if one)


def _of_cell(
    cell: Cell, runs: pd.DataFrame, ends: Mapping[str, float], curves: Mapping[str, pd.DataFrame], outcome: OutcomeEntry
) -> Reached | None:
    """`ends`: what the outcome came to on validation, by run."""
    by_seed: dict[int, list[int | None]] = {}
    last = 0
    for name in cell.runs:
        run = runs.loc[name]
        twin = run["twin"] if pd.notna(run["twin"]) else name
        if name not in curves or twin not in ends or not isfinite(ends[twin]):
            continue
        looks = curves[name].sort_values("step")
        end = looks["step"].iloc[-1]  # of a network that was rewound not all the steps that were taken
        looks = looks[looks["step"] > end - run.get("cost/steps_since_last_mask", end)]
        if outcome.more_is_better:
            within = looks[looks["value"] >= ends[twin] - outcome.margin]["step"]
        else:
            within = looks[looks["value"] <= ends[twin] + outcome.margin]["step"]
        by_seed.setdefault(int(run["seed"]), []).append(int(within.iloc[0]) if len(within) else None)
        last = max(last, int(curves[name]["step"].max()))
    return Reached(cell, {seed: _middle(steps) for seed, steps in by_seed.items()}, last) if by_seed else None


def _middle(steps: Iterable[float | None]) -> float | None:
    middle = median(inf if step is None else step for step in steps)
    return middle if isfinite(middle) else None
