"""The main table: every cell with its interval, its difference to the twin, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dashboards.draw.section import Section, Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.language import language
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, RANKED, Estimate, adjusted
from dashboards.words import formats
from dashboards.words.units import WIDER


@dataclass(frozen=True)
class TableColumn:
    """What one column says of a cell; an optional one is left out where it would be empty from top to bottom."""

    title: str
    words: Callable[[Cell], str]
    optional: bool = False


def _mean(estimate: Estimate | None) -> float | None:
    return estimate.mean if estimate else None


def _to_dense(cell: Cell) -> Estimate | None:
    return None if cell.series.control else cell.difference


def _to_main(cell: Cell) -> Estimate | None:
    return cell.difference if cell.series.control else None


def _wider(estimate: Estimate | None) -> Estimate | None:
    return estimate.over_examples if estimate else None


def _positive(count: int) -> str:
    return str(count) if count else formats.NONE


# Known only for all cells together:
P_VALUE = TableColumn("p (Holm)", lambda cell: formats.NONE, optional=True)
SIGNED_RANK = TableColumn("p (Wilcoxon, Holm)", lambda cell: formats.NONE, optional=True)
COLUMNS = (
    TableColumn("Method", lambda cell: cell.series.label),
    TableColumn("Sparsity", lambda cell: cell.at),
    TableColumn("Round", lambda cell: formats.NONE if cell.round is None else str(cell.round), optional=True),
    TableColumn("Test accuracy", lambda cell: formats.percent(_mean(cell.accuracy))),
    TableColumn("Interval [%]", lambda cell: formats.interval(cell.accuracy)),
    TableColumn("n", lambda cell: str(cell.accuracy.n if cell.accuracy else 0)),
    TableColumn("Difference to dense", lambda cell: formats.points(_mean(_to_dense(cell))), optional=True),
    TableColumn("Interval [pp]", lambda cell: formats.points_interval(_to_dense(cell)), optional=True),
    TableColumn(f"{WIDER} [pp]", lambda cell: formats.points_interval(_wider(_to_dense(cell))), optional=True),
    P_VALUE,
    SIGNED_RANK,
    TableColumn("Difference to main arm", lambda cell: formats.points(_mean(_to_main(cell))), optional=True),
    TableColumn("Its interval [pp]", lambda cell: formats.points_interval(_to_main(cell)), optional=True),
    TableColumn("Its twin", lambda cell: formats.percent(cell.twins), optional=True),
    TableColumn("At best checkpoint", lambda cell: formats.percent(_mean(cell.best)), optional=True),
    TableColumn("Right after pruning", lambda cell: formats.percent(_mean(cell.pruned)), optional=True),
    TableColumn("Nonzero weights", lambda cell: formats.count(cell.nonzero), optional=True),
    TableColumn("Reached sparsity", lambda cell: formats.percent(cell.reached), optional=True),
    TableColumn("Diverged", lambda cell: _positive(cell.diverged), optional=True),
    TableColumn("Converged only", lambda cell: formats.percent(_mean(cell.converged) if cell.diverged else None),
           optional=True),
    TableColumn("Failed", lambda cell: _positive(cell.failed), optional=True),
    TableColumn("Missing", lambda cell: _positive(cell.missing), optional=True),
)  # fmt: skip


def p_values(found: tuple[Cell, ...], test: Literal["t", "signed_rank"] = "t") -> list[float | None]:
    """Of each sparse cell's difference to its dense twin, adjusted by Holm over all with seeds enough for a verdict.

    Where nothing is removed nothing is tested: the first rung of a ladder is the same network as its twin's."""
    return adjusted([_to_dense(cell) if cell.sparsity > 0 else None for cell in found], test)


def table(found: tuple[Cell, ...]) -> Table:
    """The main table as text."""
    texts = {column: [column.words(cell) for cell in found] for column in COLUMNS}
    texts[P_VALUE] = [formats.p_value(value) for value in p_values(found)]
    texts[SIGNED_RANK] = [formats.p_value(value) for value in p_values(found, "signed_rank")]
    shown = [column for column in texts if not column.optional or set(texts[column]) != {formats.NONE}]
    return Table(
        "Test accuracy at the last step",
        tuple(column.title for column in shown),
        tuple(zip(*(texts[column] for column in shown), strict=True)),
        frozenset({"Method"}),
        grouped=True,
    )


def _summarize(results: Results) -> tuple[tuple[Cell, ...], float] | None:
    """Language models have a table of their own."""
    return None if language(results) else (cells(results), results.confidence)


def _text(numbers: tuple[tuple[Cell, ...], float]) -> tuple[str, ...]:
    found, confidence = numbers
    intervals = any(cell.accuracy and cell.accuracy.interval for cell in found)
    text = (
        "Means over seeds at the last step"
        + (f", with {formats.level(confidence)} t-intervals where there are two seeds or more" if intervals else "")
        + ". Differences are paired by seed with the dense twin: the same training with nothing removed. "
    )
    if any(p_value is not None for p_value in p_values(found)):
        text += (f"p is of the paired t-test, adjusted by Holm for all these of the table, from {ENOUGH} seeds on, and "
                 f"from {RANKED} of Wilcoxon's too. ")  # fmt: skip
    if any(_wider(cell.difference) for cell in found):
        text += ("The interval over seeds holds for this test set; the one over examples too, on which p rests where "
                 "it is there, takes the test examples for a sample as well. ")  # fmt: skip
    text += "Sparsity is the fraction of prunable weights removed; small networks are counted against the full one."
    if any(cell.series.control for cell in found):
        text += (" Of a control the draws at one seed count once, at their mean, and its difference is to the main run "
                 "of its rung.")  # fmt: skip
    diverged = " A seed that diverged counts at chance level." if any(cell.diverged for cell in found) else ""
    return (text + diverged,)


SECTION = Section(
    name="table",
    title="All cells",
    question="What came out at each sparsity, and how far is it from dense?",
    summarize=_summarize,
    text=_text,
    tables=lambda numbers: (table(numbers[0]),),
)
