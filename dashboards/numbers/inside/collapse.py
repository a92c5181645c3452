"""Masks at initialisation that cut the network: layers without a weight, and weights on no path."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series

EMPTY, EFFECTIVE = "start/empty_layers", "start/effective_sparsity"
MUCH = 0.1  # of the weights kept, on no path, from which on a reader should know


@dataclass(frozen=True)
class Collapse:
    """One cell before its first training step; a control's draws count one by one."""

    cell: Cell
    runs: int  # with a record
    cut: int  # of these, runs with an empty layer
    stranded: float | None  # of the weights kept, those on no path from input to output; mean over uncut runs


def collapses(results: Results) -> tuple[tuple[Collapse, ...], ...]:
    """Cells that start with an empty layer in any run, or with MUCH stranded; by series, from dense to sparse."""
    if EMPTY not in results.runs and EFFECTIVE not in results.runs:
        return ()
    found = [_collapse(cell, results.runs[results.runs["run"].isin(cell.runs)]) for cell in cells(results)]
    told = [one for one in found if one.cut or (one.stranded is not None and one.stranded >= MUCH)]
    return tuple(tuple(members) for _, members in groupby(told, key=_series))


def _series(one: Collapse) -> Series:
    return one.cell.series


def _collapse(cell: Cell, runs: pd.DataFrame) -> Collapse:
    empty, effective = (runs.get(name, pd.Series(dtype=float)).dropna() for name in (EMPTY, EFFECTIVE))
    uncut = effective[~effective.index.isin(empty[empty > 0].index)]
    stranded = float(1 - (1 - uncut.mean()) / (1 - cell.level)) if len(uncut) else None
    return Collapse(cell, len(empty), int((empty > 0).sum()), stranded)
