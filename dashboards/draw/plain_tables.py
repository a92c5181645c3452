"""Tables as text: Markdown for people, CSV for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboards.draw.section import Table
from dashboards.words.formats import MINUS, NONE


def markdown(table: Table) -> str:
    """The table in GitHub's Markdown."""
    rules = [":--" if column in table.words else "--:" for column in table.columns]
    lines = [table.columns, rules, *table.rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def csv(table: Table) -> str:
    """The table for a program: no thousands separators, a plain minus, and units in the title of their column."""
    columns = [
        _column(title, [row[place] for row in table.rows], title in table.words)
        for place, title in enumerate(table.columns)
    ]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in zip(*columns, strict=True))


def _column(title: str, cells: Sequence[str], words: bool) -> list[str]:
    """The title and the cells of one column; empty where there is nothing."""
    cells = ["" if cell == NONE else cell for cell in cells]
    if words:
        return [title, *cells]
    numbers = [re.sub(r"(?<=\d),(?=\d{3})", "", cell.replace(MINUS, "-")) for cell in cells]
    units = {_unit(number) for number in numbers if number}
    unit = units.pop() if len(units) == 1 else ""
    return (
        [f"{title} [{unit}]", *(number.removesuffix(f" {unit}") for number in numbers)] if unit else [title, *numbers]
    )


def _unit(number: str) -> str:
    found = re.search(r" (%|pp)$", number)
    return found[1] if found else ""


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if re.search(r'[",\n]', cell) else cell
