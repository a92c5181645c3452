"""The main table outside of the page: as Markdown for a README, as CSV for a program."""

from csv import writer
from io import StringIO

from dashboards.cells import Cell, cells
from dashboards.results import Results
from dashboards.sections.table import table

CSV_COLUMNS = ("series", "sparsity", "planned", "n", "failed", "missing", "test_accuracy", "sd", "low", "high",
               "difference", "difference_low", "difference_high", "nonzero_parameters", "prunable_parameters",
               "reached_sparsity")  # fmt: skip


def markdown(results: Results) -> str:
    """The main table in GitHub's Markdown."""
    shown = table(cells(results))
    rules = [":--" if column in shown.words else "--:" for column in shown.columns]
    lines = [shown.columns, rules, *shown.rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def csv(results: Results) -> str:
    """The main table in full precision: fractions, not percent; empty where there is no number."""
    out = StringIO()
    rows = writer(out, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    rows.writerows(_plain(cell) for cell in cells(results))
    return out.getvalue()


def _plain(cell: Cell) -> tuple[object, ...]:
    accuracy, difference = cell.accuracy, cell.difference
    of_accuracy = (accuracy.mean, accuracy.sd, accuracy.low, accuracy.high) if accuracy else (None,) * 4
    of_difference = (difference.mean, difference.low, difference.high) if difference else (None,) * 3
    return (cell.series.label, cell.sparsity, cell.planned, accuracy.n if accuracy else 0, cell.failed, cell.missing,
            *of_accuracy, *of_difference, cell.nonzero, cell.prunable, cell.reached)  # fmt: skip
