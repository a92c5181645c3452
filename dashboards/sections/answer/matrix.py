"""Every method at every level: where the margin holds, where it is lost, and where seeds cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.draw.section import Section
from dashboards.numbers.answer.limits import limits_of
from dashboards.numbers.answer.margins import Walk
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.sections.answer import table
from dashboards.sections.answer.verdict_words import names
from dashboards.statistics.estimates import ENOUGH
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import Unit, unit

State = Literal["holds", "open", "lost", ""]  # empty: no verdict
SYMBOLS = {"holds": "✓", "open": "~", "lost": "×", "": ""}
MOST = 40  # levels; ladders of many lengths have too many for a table that can be read


@dataclass(frozen=True)
class MatrixEntry:
    """One method at one level."""

    cell: Cell
    state: State


@dataclass(frozen=True)
class Numbers:
    """Lines of entries, method by method, over shared levels."""

    levels: tuple[float, ...]
    lines: tuple[tuple[Series, dict[float, MatrixEntry]], ...]  # empty where there are no pairs, or too many levels
    table: table.Numbers
    unit: Unit
    confidence: float

    @property
    def judged(self) -> bool:
        """Whether any entry has a verdict."""
        return any(entry.state for _, line in self.lines for entry in line.values())


@dataclass(frozen=True)
class Field:
    """One entry in words."""

    state: State
    symbol: str
    difference: str
    half: str  # behind ±; empty where there is no interval


@dataclass(frozen=True)
class MatrixView:
    """What the template shows."""

    levels: tuple[str, ...]
    lines: tuple[tuple[Series, tuple[Field | None, ...]], ...]
    caption: str
    legend: tuple[tuple[str, str, str], ...]  # state, symbol, meaning


def _summarize(results: Results) -> Numbers:
    sparse = [cell for cell in cells(results) if not cell.series.dense and not cell.series.control]
    walks = {limit.series: limit.last for limit in limits_of(results)}
    paired = [cell for cell in sparse if cell.level > 0 and cell.to_dense]
    levels = tuple(sorted({cell.level for cell in paired}))
    series = dict.fromkeys(cell.series for cell in paired) if len(levels) <= MOST else {}
    entries: dict[Series, dict[float, MatrixEntry]] = {line: {} for line in series}
    for cell in paired:
        if cell.series in entries:
            entries[cell.series][cell.level] = MatrixEntry(cell, _state(cell, walks.get(cell.series)))
    return Numbers(levels, tuple(entries.items()), table.numbers_of(results), unit(results.outcome), results.confidence)


def _state(cell: Cell, walk: Walk | None) -> State:
    """Safe levels come from the walk, which ends at the first that is not; beyond it levels are open or lost."""
    if walk is None or cell.to_dense is None or cell.to_dense.n < ENOUGH or not cell.arrived:
        return ""
    if any(step.cell is cell for step in walk.passed):
        return "holds"
    return "lost" if cell in walk.losing else "open"


def _finding(numbers: Numbers) -> str:
    if not numbers.judged:
        return "Results at every level"
    everywhere = [series for series, line in numbers.lines if all(entry.state == "holds" for entry in line.values())]
    if everywhere:
        hold = "holds" if len(everywhere) == 1 else "hold"
        return f"{names(everywhere)} {hold} the margin at every level tried"
    lost = [at for at in numbers.levels if all(line[at].state == "lost" for _, line in numbers.lines if at in line)]
    if not lost:
        return "Results at every level"
    first = f"From {level(min(lost))} sparsity on" if _to_the_end(lost, numbers.levels) else f"At {level(min(lost))}"
    return f"{first} every method {numbers.unit.falls(f'more than {numbers.unit.allowed}')}"


def _to_the_end(lost: list[float], levels: tuple[float, ...]) -> bool:
    return tuple(sorted(lost)) == levels[-len(lost) :]


def _view(numbers: Numbers) -> MatrixView:
    words = numbers.unit
    lines = tuple(
        (series, tuple(_field(line.get(at), words) for at in numbers.levels)) for series, line in numbers.lines
    )
    meanings = {"holds": f"safe: surely less than {words.allowed} worse", "open": "these seeds cannot tell",
                "lost": f"surely more than {words.allowed} worse"}  # fmt: skip
    present = {field.state for _, fields in lines for field in fields if field}
    confidence = formats.level(numbers.confidence)
    return MatrixView(
        tuple(level(at) for at in numbers.levels), lines,
        f"Difference to the dense network [{words.name}], mean ± half of its {confidence} interval, by sparsity",
        tuple((state, SYMBOLS[state], words) for state, words in meanings.items() if state in present),
    )  # fmt: skip


def _field(entry: MatrixEntry | None, words: Unit) -> Field | None:
    if entry is None or entry.cell.to_dense is None:
        return None
    estimate = entry.cell.to_dense
    low, high = estimate.interval or (None, None)
    half = "" if low is None or high is None else f"{words.scale * (high - low) / 2:.{words.digits}f}"
    return Field(entry.state, SYMBOLS[entry.state], words.bare(estimate.mean), half)


def _computed(numbers: Numbers) -> str:
    words, said = numbers.unit, table.explanation(numbers.table)
    if not numbers.judged:
        return said
    return (
        f"A level is safe if the one-sided {formats.level(numbers.confidence)} bound of the mean loss stays below "
        f"{words.allowed} there and at every denser level; where single examples are known, over seeds and examples "
        f"too. More than {words.allowed} is surely lost where the paired t-test against the margin says so, adjusted "
        f"by Holm over all methods and levels. All else is open. In the full table: {said}"
    )


SECTION = Section(
    name="table",
    title="All levels",
    question="Where does each method hold the margin?",
    summarize=_summarize,
    finding=_finding,
    computed=_computed,
    tables=lambda numbers: (table.table(numbers.table),),
    template="matrix.html",
    view=_view,
)
