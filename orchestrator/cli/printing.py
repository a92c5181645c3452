"""Tables as lines of text."""

from io import StringIO

from rich.console import Console
from rich.table import Table

WIDTH = 160  # columns at most


def lines(table: Table, width: int = WIDTH) -> list[str]:
    """What Rich makes of a table, line by line, without blanks at their ends."""
    text = StringIO()
    Console(file=text, width=width).print(table, highlight=False, markup=False)
    return [line.rstrip() for line in text.getvalue().splitlines()]
