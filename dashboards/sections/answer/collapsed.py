"""A sentence on masks that cut the network before it trains."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.numbers.inside.collapse import MUCH, Collapse
from dashboards.words import brief
from dashboards.words.formats import level, listed


def collapsed(line: Sequence[Collapse]) -> str:
    """One series: where it starts with an empty layer, and where with many weights on no path."""
    label = line[0].cell.series.label
    cut = [f"{level(one.cell.level)} sparsity ({one.cut} of {one.runs} {_each(one)})" for one in line if one.cut]
    stranded = [f"{brief.share(one.stranded)} of them at {level(one.cell.level)} sparsity"
                for one in line if one.stranded is not None and one.stranded >= MUCH]  # fmt: skip
    parts = []
    if cut:
        parts.append(f"starts with a layer without any weight at {listed(cut)}, so that no signal passes")
    if stranded:
        parts.append(f"keeps weights that lie on no path from input to output at the start: {listed(stranded)}")
    return f"{label} {' and '.join(parts)}."


def _each(one: Collapse) -> str:
    return "networks" if one.cell.series.control else "seeds"
