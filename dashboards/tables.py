"""The main table as files: Markdown and LaTeX for people, CSV, JSON and Parquet for programs."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pandas as pd

from dashboards.draw import plain_tables
from dashboards.draw.latex import latex as latex_table
from dashboards.draw.section import Table
from dashboards.numbers.cells.cell import Cell
from dashboards.read.results import Results
from dashboards.read.tasks import by_outcome
from dashboards.sections.answer.table import numbers_of, table
from dashboards.statistics.estimates import Estimate

NEEDS = "% needs \\usepackage{booktabs}"
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
MIXED = {"outcome": "str", "unit": "str"}  # extra columns of tables with several outcomes


def page_tables(results: Results) -> list[Table]:
    """The main table as on the page; with several outcomes, one table for each."""
    return [table(numbers_of(part)) for _, part in by_outcome(results)]


def markdown(results: Results) -> str:
    """The main table in GitHub's Markdown; several tables have titles."""
    tables = page_tables(results)
    if len(tables) == 1:
        return plain_tables.markdown(tables[0])
    return "\n".join(f"**{each.title}**\n\n{plain_tables.markdown(each)}" for each in tables)


def latex(results: Results) -> str:
    """The main table in LaTeX."""
    return "\n".join([f"{NEEDS}\n", *map(latex_table, page_tables(results))])


def csv(results: Results) -> str:
    """The main table in full precision, with fractions instead of percent; missing numbers are empty."""
    return _frame(results).to_csv(index=False, lineterminator="\n")


def records(results: Results) -> list[dict[str, Any]]:
    """The main table in full precision, one dictionary per row; missing numbers are None."""
    frame = _frame(results)
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def parquet(results: Results) -> bytes:
    """The main table in full precision as a Parquet file; missing numbers are null."""
    file = BytesIO()
    _frame(results).to_parquet(file, engine="pyarrow", index=False)
    return file.getvalue()


def _frame(results: Results) -> pd.DataFrame:
    """Every cell. A row has the columns of its outcome, and differences in that outcome's unit."""
    parts = by_outcome(results)
    tables = [_of_outcome(part) for _, part in parts]
    if len(tables) == 1:
        return pd.DataFrame(tables[0][1], columns=list(tables[0][0])).astype(tables[0][0])
    columns = MIXED | {name: kind for types, _ in tables for name, kind in types.items()}
    rows = [row | {"outcome": outcome.metric, "unit": outcome.unit}
            for (outcome, _), (_, lines) in zip(parts, tables, strict=True) for row in lines]  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def _of_outcome(results: Results) -> tuple[dict[str, str], list[dict[str, object]]]:
    """Columns with their types, and the rows."""
    content, metric = numbers_of(results).rows, results.outcome.metric
    types = _columns([row.cell for row in content], metric)
    rows = [_plain(row.cell, row.p_value, metric) for row in content]
    return types, [{name: row[name] for name in types} for row in rows]


def _columns(cells: Sequence[Cell], metric: str) -> dict[str, str]:
    """COLUMNS for accuracies on the test split; other tables have a column for the split."""
    if metric == "accuracy" and all(cell.split == "test" for cell in cells):
        return COLUMNS
    recorded = {
        f"best_{metric}": any(cell.best for cell in cells),
        f"pruned_{metric}": any(cell.pruned for cell in cells),
    }
    return {
        **RUNS, "split": "str", metric: "float64", **SPREAD, f"validation_{metric}": "float64",
        **{name: "float64" for name, known in recorded.items() if known}, "loss": "float64", "perplexity": "float64",
        **SIZE,
    }  # fmt: skip


def _plain(cell: Cell, p_value: float | None, metric: str) -> dict[str, object]:
    value, best, pruned = cell.value, cell.best, cell.pruned
    mean = value.mean if value else None
    low, high = (value.low, value.high) if value else (None, None)
    return {
        "series": cell.series.label, "arm": cell.series.arm, "round": cell.round, "sparsity": cell.level,
        "planned": cell.planned, "n": value.n if value else 0, "failed": cell.failed, "diverged": cell.diverged,
        "missing": cell.missing, "split": cell.split if value else "", metric: mean, f"test_{metric}": mean,
        "sd": value.sd if value else None, "low": low, "high": high, **_difference(cell.difference),
        "twin": cell.twins, "p_holm": p_value, f"validation_{metric}": cell.validation,
        f"best_{metric}": best.mean if best else None, f"best_test_{metric}": best.mean if best else None,
        f"pruned_{metric}": pruned.mean if pruned else None, f"pruned_test_{metric}": pruned.mean if pruned else None,
        "loss": cell.loss, "perplexity": cell.perplexity, "nonzero_parameters": cell.nonzero,
        "prunable_parameters": cell.prunable, "reached_sparsity": cell.reached, "steps": cell.steps,
    }  # fmt: skip


def _difference(estimate: Estimate | None) -> dict[str, float | None]:
    """The mean and the ends of both intervals."""
    names = [name for name in SPREAD if name.startswith("difference")]
    if estimate is None:
        return dict.fromkeys(names)
    wider = (estimate.over_examples and estimate.over_examples.interval) or (None, None)
    return dict(zip(names, (estimate.mean, estimate.low, estimate.high, *wider), strict=True))
