"""What a section of a report is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dashboards.read.results import Results
from dashboards.words.formats import NONE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Table:
    """Text in rows; columns in `words` are read as words and stand left, all others as numbers and stand right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[str] = frozenset()
    grouped: bool = False  # rows that share their first cell stand together under it


@dataclass(frozen=True)
class Sample:
    """A text in its own lines: what a network wrote, or what a reader copies."""

    title: str
    note: str
    words: str


def no_text(numbers: Any) -> tuple[str, ...]:
    """For a section without sentences."""
    del numbers
    return ()


def no_figure(numbers: Any) -> None:
    """For a section without a figure."""
    del numbers


def no_tables(numbers: Any) -> tuple[Table, ...]:
    """For a section without tables."""
    del numbers
    return ()


def no_heading(numbers: Any) -> None:
    """For a section that is always called the same."""
    del numbers


def no_samples(numbers: Any) -> tuple[Sample, ...]:
    """For a section without texts in their own lines."""
    del numbers
    return ()


def one_table(
    title: str,
    columns: tuple[str, ...],
    words: Set[str],
    rows: Callable[[Any], Iterable[tuple[str, ...]]],
    optional: Set[str] = frozenset(),
) -> Callable[[Any], tuple[Table, ...]]:
    """For a section with a single table, whose rows stand together under their first cell; `rows` of the numbers."""
    return lambda numbers: (
        without_empty(Table(title, columns, tuple(rows(numbers)), frozenset(words), grouped=True), optional),
    )  # fmt: skip


def without_empty(table: Table, optional: Set[str]) -> Table:
    """The table without those of the optional columns that are empty from top to bottom."""
    empty = [name in optional and all(row[place] == NONE for row in table.rows)
             for place, name in enumerate(table.columns)]  # fmt: skip
    columns, *rows = (tuple(cell for cell, gone in zip(line, empty, strict=True) if not gone)
                      for line in (table.columns, *table.rows))  # fmt: skip
    return replace(table, columns=columns, rows=tuple(rows), words=table.words & set(columns))


@dataclass(frozen=True)
class Heading:
    """What a section is called where that depends on what networks are judged by."""

    name: str
    title: str
    question: str | None = None  # None: the section's own


@dataclass(frozen=True)
class Section:
    """One question and its answer. All but `summarize` are functions of the numbers that it gives."""

    name: str  # in the page's address and in the figure's
    title: str
    question: str
    summarize: Callable[[Results], Any | None]  # None: this sweep has nothing to say here
    text: Callable[[Any], tuple[str, ...]] = no_text
    draw: Callable[[Any], Figure | None] = no_figure
    caption: Callable[[Any], str] = lambda numbers: ""  # what is drawn, over what, n, how the interval is made
    tables: Callable[[Any], tuple[Table, ...]] = no_tables  # below a figure folded, else in full
    samples: Callable[[Any], tuple[Sample, ...]] = no_samples
    heading: Callable[[Any], Heading | None] = no_heading  # in place of name, title and question
    whole: bool = False  # speaks of all tasks at once; others are repeated for each
