"""The main table outside of the page: as Markdown for a README, as CSV, JSON or Parquet for a program."""

from io import BytesIO
from typing import Any

import pandas as pd

from dashboards.cells import Cell, cells
from dashboards.results import Results
from dashboards.sections.table import p_values, table

COLUMNS = {
    "series": "str", "arm": "str", "round": "Int64", "sparsity": "float64", "planned": "int64", "n": "int64",
    "failed": "int64", "diverged": "int64", "missing": "int64",
    "test_accuracy": "float64", "sd": "float64", "low": "float64", "high": "float64",
    "difference": "float64", "difference_low": "float64", "difference_high": "float64", "p_holm": "float64",
    "validation_accuracy": "float64", "best_test_accuracy": "float64", "pruned_test_accuracy": "float64",
    "nonzero_parameters": "float64", "prunable_parameters": "float64", "reached_sparsity": "float64",
    "steps": "float64",
}  # fmt: skip


def markdown(results: Results) -> str:
    """The main table in GitHub's Markdown."""
    shown = table(cells(results))
    rules = [":--" if column in shown.words else "--:" for column in shown.columns]
    lines = [shown.columns, rules, *shown.rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def csv(results: Results) -> str:
    """The main table in full precision: fractions, not percent; empty where there is no number."""
    return _frame(results).to_csv(index=False, lineterminator="\n")


def records(results: Results) -> list[dict[str, Any]]:
    """The same, a dictionary a row; None where there is no number."""
    frame = _frame(results)
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def parquet(results: Results) -> bytes:
    """The same as a Parquet file; null where there is no number."""
    file = BytesIO()
    _frame(results).to_parquet(file, engine="pyarrow", index=False)
    return file.getvalue()


def _frame(results: Results) -> pd.DataFrame:
    found = cells(results)
    rows = [_plain(cell, p_value) for cell, p_value in zip(found, p_values(found))]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _plain(cell: Cell, p_value: float | None) -> tuple[object, ...]:
    accuracy, difference = cell.accuracy, cell.difference
    others = (one.mean if one else None for one in (cell.best, cell.pruned))
    of_accuracy = (accuracy.mean, accuracy.sd, accuracy.low, accuracy.high) if accuracy else (None,) * 4
    of_difference = (difference.mean, difference.low, difference.high) if difference else (None,) * 3
    return (cell.series.label, cell.series.arm, cell.round, cell.sparsity, cell.planned,
            accuracy.n if accuracy else 0, cell.failed, cell.diverged, cell.missing, *of_accuracy, *of_difference,
            p_value, cell.validation, *others, cell.nonzero, cell.prunable, cell.reached, cell.steps)  # fmt: skip
