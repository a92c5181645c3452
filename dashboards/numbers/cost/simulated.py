"""Whether a network multiplied zeros: then its sparsity saved no time, whatever operations it is said to take."""

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import mean

SAID = (
    "Sparsity is simulated: masked zeros are multiplied like other numbers, so fewer operations are what a sparse "
    "kernel could save, not time that was saved here."
)


def simulated(runs: pd.DataFrame, cell: Cell) -> bool:
    """Whether weights of the network that was trained are exactly zero; a narrowed one is small and has none."""
    own = runs[runs["run"].isin(cell.runs)]
    zeros = [mean(own, name) for name in own if name.startswith("layer_sparsity/")]
    return cell.sparsity > 0 and any(zeros)
