"""How training computed a network's zeros: left out, from compressed rows, or multiplied like other weights."""

from __future__ import annotations

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import mean


def zeros_left_out(runs: pd.DataFrame, cell: Cell) -> float | None:
    """The fraction of the training steps that left the zeros out, in [0, 1]; None for a network without zeros.

    A mean over the layers with zeros, by their number of zeros. Older runs do not record it: they multiplied all zeros.
    """
    rows = runs[runs["run"].isin(cell.runs)]
    zeros: dict[str, float] = {}
    for name in rows:
        group, _, layer = str(name).partition("/")
        if group == "layer_sparsity" and (share := mean(rows, name)):
            zeros[layer] = share * (mean(rows, f"layer_weights/{layer}") or 1.0)
    if cell.sparsity == 0 or not zeros:
        return None
    left_out = {layer: mean(rows, f"sparse_steps/{layer}") or 0.0 for layer in zeros}
    return sum(left_out[layer] * count for layer, count in zeros.items()) / sum(zeros.values())
