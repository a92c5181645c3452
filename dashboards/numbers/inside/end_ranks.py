"""Ranks of layers at the last step, beside the dense twin's ranks with and without equally sparse random masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, geometric_mean

from dashboards.numbers.cells.cells import Cell, cells
from dashboards.numbers.inside.layers import natural
from dashboards.read.results import Results

RANK, BY_CHANCE = "effective_rank/", "effective_rank_by_chance/"


@dataclass(frozen=True)
class EndRank:
    """One layer of one cell: effective ranks at the last step, as means over seeds."""

    cell: Cell
    layer: str
    rank: float
    twin: float
    by_chance: float  # of the twin's weights under a random mask that keeps as many weights


def end_ranks(results: Results, chosen: Iterable[Cell]) -> tuple[EndRank, ...]:
    """The ranks of all layers with zeros in the cells `chosen`; runs without a dense twin have none."""
    rows = {row["run"]: row for row in results.runs.to_dict("records")}
    result = []
    for cell in chosen:
        pairs = [(rows[run], rows[rows[run]["twin"]]) for run in cell.runs if rows[run]["twin"] in rows]
        names = {name.removeprefix(BY_CHANCE) for row, _ in pairs for name in row if name.startswith(BY_CHANCE)}
        for layer in sorted(names, key=natural):
            ranks = [(row.get(RANK + layer), twin.get(RANK + layer), row.get(BY_CHANCE + layer)) for row, twin in pairs]
            whole = [three for three in ranks if all(rank is not None and isfinite(rank) for rank in three)]
            if whole:
                result.append(EndRank(cell, layer, *(fmean(each) for each in zip(*whole, strict=True))))
    return tuple(result)


def sparsest(results: Results) -> list[Cell]:
    """The sparsest cell of every series with a finished run."""
    return list({cell.series: cell for cell in cells(results) if cell.runs and cell.level > 0}.values())


def ratio(ranks: Iterable[EndRank], against: str) -> float:
    """The ratio of ranks to `against` (`twin` or `by_chance`), as a geometric mean over layers."""
    return geometric_mean([layer.rank / getattr(layer, against) for layer in ranks])
