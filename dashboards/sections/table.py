"""The main table: every cell with its interval, its difference to the twin, and what is missing."""

from dashboards import formats
from dashboards.cells import Cell, cells
from dashboards.results import Results
from dashboards.sections.section import Section, Table

COLUMNS = ("Method", "Sparsity", "Test accuracy", "Interval [%]", "n", "Difference to dense", "Interval [pp]",
           "Nonzero weights", "Reached sparsity", "Failed", "Missing")  # fmt: skip


def row(cell: Cell) -> tuple[str, ...]:
    """One cell as text, in the order of COLUMNS."""
    return (
        cell.series.label,
        formats.level(cell.sparsity),
        formats.percent(cell.accuracy.mean if cell.accuracy else None),
        formats.interval(cell.accuracy),
        str(cell.accuracy.n if cell.accuracy else 0),
        formats.points(cell.difference.mean if cell.difference else None),
        formats.points_interval(cell.difference),
        formats.count(cell.nonzero),
        formats.percent(cell.reached),
        str(cell.failed) if cell.failed else formats.NONE,
        str(cell.missing) if cell.missing else formats.NONE,
    )


def table(numbers: tuple[Cell, ...]) -> Table:
    """The main table as text."""
    return Table(
        "Test accuracy at the last step",
        COLUMNS,
        tuple(row(cell) for cell in numbers),
        frozenset({"Method"}),
        grouped=True,
    )


def _summarize(results: Results) -> tuple[tuple[Cell, ...], float]:
    return cells(results), results.confidence


def _text(numbers: tuple[tuple[Cell, ...], float]) -> tuple[str, ...]:
    return (
        f"Means over seeds at the last step, with {formats.level(numbers[1])} t-intervals. Differences are paired by "
        "seed with the dense twin: the same training with nothing removed. Where n = 1 there is no interval. "
        "Sparsity is the fraction of prunable weights removed; small networks are counted against the full one.",
    )


SECTION = Section(
    name="table",
    title="All cells",
    question="What came out at each sparsity, and how far is it from dense?",
    summarize=_summarize,
    text=_text,
    tables=lambda numbers: (table(numbers[0]),),
)
