"""What a section of a report is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from dashboards.read.results import Results
from dashboards.words.formats import NONE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Table:
    """Text in rows. Columns in `words` hold words and stand left; all others hold numbers and stand right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[str] = frozenset()
    grouped: bool = False  # rows with the same first cell stand together under it


@dataclass(frozen=True)
class Sample:
    """A text in its own lines: what a network wrote, or what a reader copies."""

    title: str
    note: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """A figure of a section beside its main one.

    `counted` figures hold arithmetic, `measured` figures hold what a machine took: readers see which is which."""

    figure: Figure
    name: str  # behind the section's name in the figure's address
    title: str  # above the figure
    note: str = ""  # a line below the title
    size: Literal["full", "half", "small"] = "full"  # of the page's width: all, a half, a quarter
    kind: Literal["", "counted", "measured"] = ""


def no_text(numbers: Any) -> tuple[str, ...]:
    """For a section without sentences."""
    del numbers
    return ()


def no_words(numbers: Any) -> str:
    """For a section without a finding, a caption or an explanation."""
    del numbers
    return ""


def no_figure(numbers: Any) -> None:
    """For a section without a main figure."""
    del numbers


def no_drawings(numbers: Any) -> tuple[Drawing, ...]:
    """For a section without further figures."""
    del numbers
    return ()


def no_tables(numbers: Any) -> tuple[Table, ...]:
    """For a section without tables."""
    del numbers
    return ()


def no_heading(numbers: Any) -> None:
    """For a section with one name."""
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
    """For a section with a single table; rows with the same first cell stand together. `rows` of the numbers."""
    return lambda numbers: (
        without_empty(Table(title, columns, tuple(rows(numbers)), frozenset(words), grouped=True), optional),
    )  # fmt: skip


def without_empty(table: Table, optional: Set[str]) -> Table:
    """The table without those optional columns that hold nothing."""
    empty = [name in optional and all(row[place] == NONE for row in table.rows)
             for place, name in enumerate(table.columns)]  # fmt: skip
    columns, *rows = (tuple(cell for cell, gone in zip(line, empty, strict=True) if not gone)
                      for line in (table.columns, *table.rows))  # fmt: skip
    return replace(table, columns=columns, rows=tuple(rows), words=table.words & set(columns))


@dataclass(frozen=True)
class Heading:
    """A section's name, title and question where they depend on the outcome."""

    name: str
    title: str
    question: str | None = None  # None: the section's own


@dataclass(frozen=True)
class Section:
    """One question and its answer. All but `summarize` are functions of the numbers that it gives."""

    name: str  # in the page's address and in the figures'
    title: str  # in the navigation
    question: str
    summarize: Callable[[Results], Any | None]  # None: this sweep has nothing to say here
    finding: Callable[[Any], str] = no_words  # the headline: what the numbers say; empty: the question stands there
    text: Callable[[Any], tuple[str, ...]] = no_text  # folded below a template
    draw: Callable[[Any], Figure | None] = no_figure  # the main figure
    drawings: Callable[[Any], tuple[Drawing, ...]] = no_drawings  # further figures, below the main one
    caption: Callable[[Any], str] = no_words  # beside the figures, short: what is drawn, n, which interval
    computed: Callable[[Any], str] = no_words  # folded: how the numbers are made
    tables: Callable[[Any], tuple[Table, ...]] = no_tables  # folded where there are figures or a template
    samples: Callable[[Any], tuple[Sample, ...]] = no_samples
    template: str = ""  # a part of the page of its own, which shows `view`
    view: Callable[[Any], Any] = no_words
    heading: Callable[[Any], Heading | None] = no_heading  # in place of name, title and question
    folded: bool = False  # a diagnostic: one line that opens
    whole: bool = False  # speaks of all tasks at once, with every setting; others are repeated for each
    every_setting: bool = False  # sees the settings that `report.tune` does not choose, see numbers.factors.chosen
