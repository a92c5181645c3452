"""Simulated sparsity: a network that multiplies zeros saves no time, whatever its operation count."""

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import mean


def simulated(runs: pd.DataFrame, cell: Cell) -> bool:
    """Whether the trained network has weights that are exactly zero. A narrow dense network has none."""
    rows = runs[runs["run"].isin(cell.runs)]
    zeros = [mean(rows, name) for name in rows if name.startswith("layer_sparsity/")]
    return cell.sparsity > 0 and any(zeros)
