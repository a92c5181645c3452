"""Tables as lines of text, and sentences that fit into a terminal."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from orchestrator.execute.fitting import folded, shortened

USUAL = (100, 24)  # columns and lines where stdout is no terminal
GAP = "  "
LEAST = 12  # characters that an elastic column keeps
NONE = "-"  # for zero, and for what is not there
BAR = 20  # columns


@dataclass(frozen=True)
class Column:
    """One column: words stand left, numbers right."""

    heading: str
    cells: Sequence[str]
    words: bool = False
    elastic: bool = False  # shortened in the middle where the table is too wide


def width() -> int:
    """The columns that a table may take: COLUMNS, else the terminal's, else 100."""
    return shutil.get_terminal_size(USUAL).columns


def table(columns: Sequence[Column], most: int) -> list[str]:
    """The table line by line; columns without any value are left out."""
    shown = [column for column in columns if set(column.cells) - {NONE, ""}]
    sizes = [max(map(len, (column.heading, *column.cells))) for column in shown]
    surplus = sum(sizes) + len(GAP) * (len(sizes) - 1) - most
    sizes = [
        max(LEAST, size - surplus) if column.elastic and surplus > 0 else size
        for column, size in zip(shown, sizes, strict=True)
    ]
    rows = zip(*((column.heading, *column.cells) for column in shown), strict=True)
    return [GAP.join(map(_cell, row, shown, sizes)).rstrip() for row in rows]


def bar(done: int, total: int, columns: int = BAR) -> str:
    """How much is done; full and empty only where all is and nothing is.

    >>> bar(1, 1000, 10), bar(999, 1000, 10), bar(2, 2, 4)
    ('━─────────', '━━━━━━━━━─', '━━━━')
    """
    filled = round(columns * done / total) if total else 0
    filled = min(max(filled, 1 if done else 0), columns if done == total else columns - 1)
    return "━" * filled + "─" * (columns - filled)


def number(count: int) -> str:
    """A count in a table: a dash for zero."""
    return f"{count:,}" if count else NONE


def size(count: int) -> str:
    """Bytes in the largest decimal unit of which there is one, with three significant digits.

    >>> size(0), size(999), size(1_234_567), size(999_999)
    ('0 B', '999 B', '1.23 MB', '1 MB')
    """
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if float(f"{amount:.3g}") < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{float(f'{amount:.3g}'):,g} {unit}"


def fitted(text: str, stream: TextIO) -> str:
    """The text for stdout or stderr: broken between words on a terminal, else as it is."""
    return folded(text, os.get_terminal_size(stream.fileno()).columns or USUAL[0]) if stream.isatty() else text


def say(text: str) -> None:
    """A message on stderr."""
    print(fitted(text, sys.stderr), file=sys.stderr)


def _cell(text: str, column: Column, size: int) -> str:
    return f"{shortened(text, size):{'<' if column.words else '>'}{size}}"
