"""Whether a network multiplied zeros: then its sparsity saved no time, whatever operations it is said to take."""

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import mean


def simulated(runs: pd.DataFrame, cell: Cell) -> bool:
    """Whether weights of the network that was trained are exactly zero; a narrowed one is small and has none."""
    rows = runs[runs["run"].isin(cell.runs)]
    zeros = [mean(rows, name) for name in rows if name.startswith("layer_sparsity/")]
    return cell.sparsity > 0 and any(zeros)
