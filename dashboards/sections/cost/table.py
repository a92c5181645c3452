"""The table of costs: counted columns, then measured ones, each in one unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboards.draw.section import Table, without_empty
from dashboards.numbers.cost.costs import CellCost
from dashboards.sections.cost.numbers import Numbers
from dashboards.sections.cost.times import multiple
from dashboards.words.formats import NONE, count
from dashboards.words.quantities import COUNTS, SIZES, UnitScale, scale

COUNTED, MEASURED = "counted", "measured"
MEBIBYTE = 2**20


@dataclass(frozen=True)
class CostColumn:
    """What a title says before and after the unit, the value, and its words; with `scales` the column has one unit."""

    title: str
    kind: str
    of: Callable[[CellCost], float | None]
    words: Callable[[float], str] = count
    scales: tuple[UnitScale, ...] = ()


def _seconds(cost: CellCost) -> float | None:
    return cost.epoch.seconds.mean if cost.epoch else None


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


COLUMNS = (
    CostColumn("Training steps", COUNTED, lambda cost: cost.steps),
    CostColumn("Training operations", COUNTED, lambda cost: cost.operations, scales=COUNTS),
    CostColumn("Operations per example", COUNTED, lambda cost: cost.per_example, scales=COUNTS),
    CostColumn("Bytes", COUNTED, lambda cost: cost.bytes, scales=SIZES),
    CostColumn("Steps that left zeros out", MEASURED, lambda cost: cost.left_out or None, _percent),
    CostColumn("Training time [s]", MEASURED, lambda cost: cost.seconds, "{:,.1f}".format),
    CostColumn("Seconds per epoch", MEASURED, _seconds, "{:.3g}".format),
)
MULTIPLE = f"Of dense's time per epoch ({MEASURED})"
MEMORY = f"Peak GPU memory [MiB] ({MEASURED})"


def table(numbers: Numbers) -> Table:
    """A row for each cell; columns that no cell fills are left out."""
    columns = [_column(column, numbers.costs) for column in COLUMNS]
    titles = ("Method", "Sparsity", numbers.unit.heading, *(title for title, _ in columns), MULTIPLE, "n", MEMORY)
    rows = tuple(
        _row(cost, numbers, [cells[place] for _, cells in columns]) for place, cost in enumerate(numbers.costs)
    )
    return without_empty(Table("Cost of each method", titles, rows, frozenset({"Method"}), grouped=True), set(titles))


def _column(column: CostColumn, costs: tuple[CellCost, ...]) -> tuple[str, list[str]]:
    """The title and the cells of a column."""
    values = [column.of(cost) for cost in costs]
    amounts = [value for value in values if value]
    unit = scale(amounts, column.scales) if amounts else UnitScale(1, "")
    words = unit.bare if column.scales else column.words
    bracket = f" [{unit.word}]" if unit.word else ""
    return f"{column.title}{bracket} ({column.kind})", [NONE if value is None else words(value) for value in values]


def _row(cost: CellCost, numbers: Numbers, amounts: Sequence[str]) -> tuple[str, ...]:
    cell, epoch, memory = cost.cell, cost.epoch, cost.gpu_memory
    times = epoch.times if epoch else None
    return (
        cell.series.label, cell.at, numbers.unit.value(cell.value.mean if cell.value else None), *amounts,
        multiple(times) if times else NONE, str(epoch.seconds.n) if epoch else NONE,
        NONE if memory is None else f"{memory / MEBIBYTE:.1f}",
    )  # fmt: skip
