"""The main table: every cell with its interval, its difference to the twin, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.draw.section import Table
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.inside.survival import LATER, PERMANENT, Survival, survivals
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, RANKED, Estimate, adjusted
from dashboards.words import formats
from dashboards.words.units import WIDER, Unit, unit


@dataclass(frozen=True)
class TableRow:
    """One cell with its p-values, and its zeroed weights where they were followed."""

    cell: Cell
    p_value: float | None
    signed_rank: float | None
    survival: Survival | None


@dataclass(frozen=True)
class TableColumn:
    """What one column says of a row; an optional one is left out where it would be empty from top to bottom."""

    title: str
    words: Callable[[TableRow], str]
    optional: bool = False


@dataclass(frozen=True)
class Numbers:
    """Every cell of one task."""

    rows: tuple[TableRow, ...]
    unit: Unit
    confidence: float

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Those of the rows."""
        return tuple(row.cell for row in self.rows)

    @property
    def per_token(self) -> bool:
        """Whether they are language models, whose losses are worth a column."""
        return any(cell.perplexity is not None for cell in self.cells)


def _mean(estimate: Estimate | None) -> float | None:
    return estimate.mean if estimate else None


def _to_main(cell: Cell) -> Estimate | None:
    return cell.difference if cell.series.control else None


def _wider(estimate: Estimate | None) -> Estimate | None:
    return estimate.over_examples if estimate else None


def _positive(count: int) -> str:
    return str(count) if count else formats.NONE


def _number(value: float | None, digits: int) -> str:
    return formats.NONE if value is None else f"{value:.{digits}f}"


def _revived(row: TableRow) -> str:
    one = row.survival
    return f"{formats.percent(one.revived)} after {LATER[one.followed]}" if one and one.followed else formats.NONE


def _permanent(row: TableRow) -> float | None:
    return _mean(row.survival.overall.get(PERMANENT)) if row.survival else None


def columns(words: Unit, per_token: bool) -> tuple[TableColumn, ...]:
    """All that a table can have; `per_token`: those of language models too."""
    of_text = (
        TableColumn(f"Loss [{words.outcome.loss}]", lambda row: _number(row.cell.loss, 3), optional=True),
        TableColumn("Perplexity per token", lambda row: _number(row.cell.perplexity, 2), optional=True),
        TableColumn("Validation loss", lambda row: _number(row.cell.validation_loss, 3), optional=True),
        TableColumn("Dead units", lambda row: formats.percent(row.cell.dead), optional=True),
    )
    return (
        TableColumn("Method", lambda row: row.cell.series.label),
        TableColumn("Sparsity", lambda row: row.cell.at),
        TableColumn("Round", lambda row: formats.NONE if row.cell.round is None else str(row.cell.round),
                    optional=True),
        TableColumn(words.heading, lambda row: words.value(_mean(row.cell.value))),
        TableColumn(f"Interval{words.beside}", lambda row: words.value_ends(row.cell.value)),
        TableColumn("n", lambda row: str(row.cell.value.n if row.cell.value else 0)),
        TableColumn("Split", lambda row: formats.NONE if row.cell.split == "test" else row.cell.split, optional=True),
        TableColumn("Difference to dense", lambda row: words.difference(_mean(row.cell.to_dense)), optional=True),
        TableColumn(f"Interval [{words.name}]", lambda row: words.ends(row.cell.to_dense), optional=True),
        TableColumn(f"{WIDER} [{words.name}]", lambda row: words.ends(_wider(row.cell.to_dense)), optional=True),
        TableColumn("p (Holm)", lambda row: formats.p_value(row.p_value), optional=True),
        TableColumn("p (Wilcoxon, Holm)", lambda row: formats.p_value(row.signed_rank), optional=True),
        TableColumn("Difference to main arm", lambda row: words.difference(_mean(_to_main(row.cell))), optional=True),
        TableColumn(f"Its interval [{words.name}]", lambda row: words.ends(_to_main(row.cell)), optional=True),
        TableColumn("Its twin", lambda row: words.value(row.cell.twins), optional=True),
        TableColumn("At best checkpoint", lambda row: words.value(_mean(row.cell.best)), optional=True),
        TableColumn("Right after pruning", lambda row: words.value(_mean(row.cell.pruned)), optional=True),
        *(of_text if per_token else ()),
        TableColumn("Revived after steps", _revived, optional=True),
        TableColumn("Chosen ever after", lambda row: formats.percent(_permanent(row)), optional=True),
        TableColumn("Nonzero weights", lambda row: formats.count(row.cell.nonzero), optional=True),
        TableColumn("Reached sparsity", lambda row: formats.percent(row.cell.reached), optional=True),
        TableColumn("Diverged", lambda row: _positive(row.cell.diverged), optional=True),
        TableColumn("Converged only", lambda row: words.value(_mean(_converged(row.cell))), optional=True),
        TableColumn("Failed", lambda row: _positive(row.cell.failed), optional=True),
        TableColumn("Missing", lambda row: _positive(row.cell.missing), optional=True),
    )  # fmt: skip


def _converged(cell: Cell) -> Estimate | None:
    """Where diverged runs count in the mean: without them."""
    return cell.converged if cell.diverged and cell.outcome.chance is not None else None


def p_values(found: Sequence[Cell], test: Literal["t", "signed_rank"] = "t") -> list[float | None]:
    """Of each sparse cell's difference to its dense twin, adjusted by Holm over all with seeds enough for a verdict.

    Where nothing is removed nothing is tested: the first rung of a ladder is the same network as its twin's."""
    return adjusted([cell.to_dense if cell.level > 0 else None for cell in found], test)


def numbers_of(results: Results) -> Numbers:
    """Every cell, of trials that are all judged by one outcome."""
    found = cells(results)
    followed = {(one.series, one.target): one for one in survivals(results)}
    tested = zip(found, p_values(found), p_values(found, "signed_rank"), strict=True)
    rows = tuple(TableRow(cell, p, rank, followed.get((cell.series, cell.level))) for cell, p, rank in tested)
    return Numbers(rows, unit(results.outcome), results.confidence)


def table(numbers: Numbers) -> Table:
    """The main table as text."""
    own = columns(numbers.unit, numbers.per_token)
    texts = {column: [column.words(row) for row in numbers.rows] for column in own}
    shown = [column for column in own if not column.optional or set(texts[column]) != {formats.NONE}]
    return Table(
        f"{numbers.unit.heading} at the last step",
        tuple(column.title for column in shown),
        tuple(zip(*(texts[column] for column in shown), strict=True)),
        frozenset({"Method", "Split"} & {column.title for column in shown}),
        grouped=True,
    )


def explanation(numbers: Numbers) -> str:
    """How the numbers of the table are made."""
    found = numbers.cells
    intervals = any(cell.value and cell.value.interval for cell in found)
    text = (
        "Means over seeds at the last step"
        + (f", with {formats.level(numbers.confidence)} t-intervals where there are two seeds or more"
           if intervals else "")
        + ("" if numbers.unit.outcome.more_is_better else "; less is better")
        + ". Differences are paired by seed with the dense twin: the same training with nothing removed."
    )  # fmt: skip
    if any(row.p_value is not None for row in numbers.rows):
        text += (f" p is of the paired t-test from {ENOUGH} seeds on, and from {RANKED} also of Wilcoxon's test, "
                 "adjusted by Holm for all rows of the table.")  # fmt: skip
    if any(_wider(cell.difference) for cell in found):
        text += (" The interval over seeds holds for this test set. The interval over examples too takes the test "
                 "examples as a sample; p rests on both.")  # fmt: skip
    text += " Sparsity is the fraction of prunable weights removed; small networks are counted against the full one."
    if any(cell.series.control for cell in found):
        text += (" The draws of a control at one seed count once, at their mean. Its difference is to the main run of "
                 "its rung.")  # fmt: skip
    gone = {cell.outcome.chance is None for cell in found if cell.diverged}
    text += " A seed that diverged counts at chance level." if False in gone else ""
    text += " A seed that diverged counts as failed: there is no chance level to count it at." if True in gone else ""
    if numbers.per_token:
        text += " Loss and perplexity are per token and hold for this tokenizer and context alone."
    if any(row.survival for row in numbers.rows):
        text += (" Revived: the share of the weights set to zero at an application that are nonzero so many steps "
                 "later. Chosen ever after: the share that every later application chooses too. Both are means over "
                 "the applications, without the last if it alone is held.")  # fmt: skip
    return text
