"""The main table outside of the page: as Markdown for a README, as CSV, JSON or Parquet for a program."""

from io import BytesIO
from typing import Any

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.sections.answer import bits_table
from dashboards.sections.answer.table import p_values, table
from dashboards.statistics.estimates import Estimate

RUNS = {
    "series": "str", "arm": "str", "round": "Int64", "sparsity": "float64", "planned": "int64", "n": "int64",
    "failed": "int64", "diverged": "int64", "missing": "int64",
}  # fmt: skip
SPREAD = {
    "sd": "float64", "low": "float64", "high": "float64",
    "difference": "float64", "difference_low": "float64", "difference_high": "float64",
    "difference_low_over_examples": "float64", "difference_high_over_examples": "float64",
    "twin": "float64", "p_holm": "float64",
}  # fmt: skip
SIZE = {
    "nonzero_parameters": "float64", "prunable_parameters": "float64", "reached_sparsity": "float64",
    "steps": "float64",
}  # fmt: skip
COLUMNS = {
    **RUNS, "test_accuracy": "float64", **SPREAD,
    "validation_accuracy": "float64", "best_test_accuracy": "float64", "pruned_test_accuracy": "float64", **SIZE,
}  # fmt: skip
# Of language models, in place of accuracies: bits per character, and differences in them, of which fewer are better.
TEXT_COLUMNS = {
    **RUNS, "split": "str", "bits_per_character": "float64", **SPREAD,
    "validation_bits_per_character": "float64", "loss": "float64", "perplexity": "float64", **SIZE,
}  # fmt: skip


def markdown(results: Results) -> str:
    """The main table in GitHub's Markdown."""
    in_bits = bits_table.rows(results)
    shown = bits_table.table(in_bits) if in_bits else table(cells(results))
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
    if in_bits := bits_table.rows(results):
        return pd.DataFrame(map(_plain_text, in_bits), columns=list(TEXT_COLUMNS)).astype(TEXT_COLUMNS)
    found = cells(results)
    rows = [_plain(cell, p_value) for cell, p_value in zip(found, p_values(found), strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _plain_text(row: bits_table.BitsRow) -> tuple[object, ...]:
    text, cell = row.cell, row.cell.cell
    bits = text.bits
    of_bits = (text.split, bits.mean, bits.sd, bits.low, bits.high) if bits else ("", *(None,) * 4)
    return (cell.series.label, cell.series.arm, cell.round, text.level, cell.planned, bits.n if bits else 0,
            cell.failed, cell.diverged, cell.missing, *of_bits, *_difference(text.difference),
            text.twins, row.p_value, text.validation, text.loss, text.perplexity, cell.nonzero, cell.prunable,
            cell.reached, cell.steps)  # fmt: skip


def _plain(cell: Cell, p_value: float | None) -> tuple[object, ...]:
    accuracy = cell.accuracy
    others = (one.mean if one else None for one in (cell.best, cell.pruned))
    of_accuracy = (accuracy.mean, accuracy.sd, accuracy.low, accuracy.high) if accuracy else (None,) * 4
    return (cell.series.label, cell.series.arm, cell.round, cell.sparsity, cell.planned,
            accuracy.n if accuracy else 0, cell.failed, cell.diverged, cell.missing, *of_accuracy,
            *_difference(cell.difference), cell.twins, p_value, cell.validation, *others, cell.nonzero, cell.prunable,
            cell.reached, cell.steps)  # fmt: skip


def _difference(one: Estimate | None) -> tuple[float | None, ...]:
    """The mean, and the ends of both intervals."""
    if one is None:
        return (None,) * 5
    return (one.mean, one.low, one.high, *((one.over_examples and one.over_examples.interval) or (None, None)))
