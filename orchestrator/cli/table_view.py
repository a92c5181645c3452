"""The main table on a terminal: as many of its columns as fit."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestrator.execute.fitting import shortened

GAP = 2  # columns between two of the table's
LEAST = 16  # characters that the first column keeps


@dataclass(frozen=True)
class Fitted:
    """The columns of a table that fit into a width."""

    sizes: tuple[int, ...]  # of the columns from the first on, in characters
    omitted: tuple[str, ...]  # headings of the others


def fit(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Fitted:
    """Take columns from the left while they fit; the first, which names the rows, may become narrower."""
    natural = [_size(heading, [row[place] for row in rows]) for place, heading in enumerate(headings)]
    room, sizes = width - min(natural[0], LEAST), [0]
    for size in natural[1:]:
        if room < size + GAP:
            break
        room -= size + GAP
        sizes.append(size)
    sizes[0] = min(natural[0], width - sum(sizes) - GAP * (len(sizes) - 1))
    return Fitted(tuple(sizes), tuple(headings[len(sizes) :]))


def show(
    console: Console, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], words: Set[str]
) -> tuple[str, ...]:
    """Print the table; gives the headings of the columns that do not fit. Columns in `words` stand left."""
    fitted = fit(headings, rows, console.width)
    sheet = Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False,
        show_edge=False,
    )  # fmt: skip
    for heading, size in zip(headings, fitted.sizes, strict=False):
        sheet.add_column(Text(heading), justify="left" if heading in words else "right", width=size)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        cells = [Text(shortened(cell, size)) for cell, size in zip(row, fitted.sizes, strict=False)]
        sheet.add_row(*cells, end_section=following is not None and following[0] != row[0])
    console.print(sheet)
    return fitted.omitted


def _size(heading: str, cells: Sequence[str]) -> int:
    """A heading may stand on several lines, a cell on one."""
    return max(map(len, (*heading.split(), *cells)))
