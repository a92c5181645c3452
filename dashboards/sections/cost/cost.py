"""What each cell cost: steps, time, operations, memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboards.draw.section import Section, Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean, rows_of
from dashboards.numbers.cost.simulated import SAID, simulated
from dashboards.read.results import Results
from dashboards.schema import LANGUAGE_METRICS, UNPRUNED
from dashboards.words import formats
from dashboards.words.formats import compact


@dataclass(frozen=True)
class Figure:
    """One column of the table."""

    title: str
    metric: str
    words: Callable[[float], str]
    of_rungs: bool = False  # the same as another column, but for ladders


def _mebibytes(value: float) -> str:
    return f"{value / 2**20:.1f}"


OPERATIONS = ("cost/training_flops", "cost/flops_per_example")
FIGURES = (
    Figure("Steps", "cost/steps_total", formats.count),
    Figure("Training time [s]", "cost/path_train_seconds", "{:.1f}".format),
    Figure("Of its own stretch [s]", "cost/train_seconds", "{:.1f}".format, of_rungs=True),
    Figure("Time per epoch [s]", "cost/seconds_per_epoch", "{:.2f}".format),
    Figure("Training operations", "cost/training_flops", compact),
    Figure("Operations per example", "cost/flops_per_example", compact),
    Figure("Model, masks, gradients, optimizer [MiB]", "cost/model_bytes", _mebibytes),
    Figure("Peak memory [MiB]", "cost/peak_memory_bytes", _mebibytes),
)


@dataclass(frozen=True)
class Costs:
    """One cell: the mean of each figure over its runs, None where none recorded it."""

    cell: Cell
    means: tuple[float | None, ...]
    simulated: bool  # zeros were multiplied
    counted_in_part: int  # runs whose operations an older version counted, which left some out


def _summarize(results: Results) -> tuple[Costs, ...] | None:
    found = tuple(
        Costs(
            cell, tuple(_mean(own, cell, figure) for figure in FIGURES), simulated(results.runs, cell),
            int(_counted_in_part(own).sum()),
        )
        for cell in cells(results)
        if len(own := rows_of(cell, results))
    )  # fmt: skip
    return found if any(value is not None for one in found for value in one.means) else None


def _mean(runs: pd.DataFrame, cell: Cell, figure: Figure) -> float | None:
    if figure.of_rungs and cell.round is None:
        return None
    return mean(runs[~_counted_in_part(runs)] if figure.metric in OPERATIONS else runs, figure.metric)


def _counted_in_part(runs: pd.DataFrame) -> pd.Series:
    """Which runs are of language models and do not say what their attention and head took: that was not counted."""
    of_language = runs[[name for name in LANGUAGE_METRICS if name in runs]].notna().any(axis=1)
    return of_language & (runs[UNPRUNED].isna() if UNPRUNED in runs else True)


def _text(numbers: tuple[Costs, ...]) -> tuple[str, ...]:
    ladders = any(one.cell.round is not None for one in numbers)
    in_part = sum(one.counted_in_part for one in numbers)
    return (
        "Means over finished runs. Training time and operations are those of the whole path from the first weight, "
        "shared beginnings included at what they took; measuring is left out. Operations count no zeros."
        + (" A rung of a ladder stands on those before it; its own stretch is what it adds to them." if ladders else "")
        + (f" {SAID}" if any(one.simulated for one in numbers) else ""),
        *([f"The operations of {formats.count(in_part)} runs are left out: the version that counted them left out the "
           "products of attention and the head. Run those trials again to have them (--force)."] if in_part else []),
    )  # fmt: skip


def _table(numbers: tuple[Costs, ...]) -> Table:
    shown = [index for index in range(len(FIGURES)) if any(one.means[index] is not None for one in numbers)]
    rows = tuple(
        (one.cell.series.label, one.cell.at,
         *(_shown(one.means[index], FIGURES[index]) for index in shown))
        for one in numbers
    )  # fmt: skip
    columns = ("Method", "Sparsity", *(FIGURES[index].title for index in shown))
    return Table("Cost of a run", columns, rows, frozenset({"Method"}), grouped=True)


def _shown(value: float | None, figure: Figure) -> str:
    return formats.NONE if value is None else figure.words(value)


SECTION = Section(
    name="cost",
    title="Cost",
    question="What did it take?",
    summarize=_summarize,
    text=_text,
    tables=lambda numbers: (_table(numbers),),
)
