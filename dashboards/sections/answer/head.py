"""The head of the page: the question, and the state of the sweep in a few words each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboards import schema
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.overlap import tally
from dashboards.numbers.factors.chosen import chosen
from dashboards.read.facts import facts
from dashboards.read.results import Results
from dashboards.read.tasks import by_data, by_task
from dashboards.words.formats import count, listed
from dashboards.words.units import unit

STAND_IN = (
    "Stand-in data: the real data set could not be fetched or was not asked for. These networks learn from embedded "
    "data of the same shape, and the figures say nothing about the real data set."
)
SHORT = 7  # characters of a commit


@dataclass(frozen=True)
class Chip:
    """One fact about the sweep; `look` is done, partial or nothing."""

    words: str
    look: str = ""


@dataclass(frozen=True)
class Head:
    """What stands above the verdict."""

    kind: str
    question: str
    date: str  # when the newest run ended; the page knows no other time
    chips: tuple[Chip, ...]
    warnings: tuple[str, ...]


def head(results: Results) -> Head:
    """Of one sweep, or of several that are compared."""
    kind = "Comparison of sparsity sweeps" if results.parts else "Sparsity report"
    partial = _partial(results)
    return Head(
        kind, results.plan.question or results.sweep, _date(results), tuple(_chips(results, partial)),
        tuple(warning for warning in (STAND_IN if _stands_in(results) else "", partial) if warning),
    )  # fmt: skip


def _partial(results: Results) -> str:
    """What a reader of an unfinished sweep must know; empty where all trials have ended."""
    trials = tally(results)
    if not trials.missing:
        return ""
    return (f"Partial: {count(trials.finished)} of {count(trials.planned)} trials finished; the figures change when "
            "the others finish.")  # fmt: skip


def _chips(results: Results, partial: str) -> list[Chip]:
    found = cells(chosen(results))
    values = [cell.value.n for cell in found if cell.value and not cell.series.control]
    methods = {cell.series.way for cell in found if not cell.series.dense and not cell.series.control}
    levels = {cell.level for cell in found if cell.level > 0 and not cell.series.control}
    chips = [_state(results, partial)]
    if values:
        seeds = f"{min(values)}" if min(values) == max(values) else f"{min(values)} to {max(values)}"
        chips.append(Chip(f"{seeds} {'seed' if seeds == '1' else 'seeds'} a setting"))
    if methods:
        chips.append(Chip(f"{_number(len(methods), 'method')} × {_number(len(levels), 'level')}"))
    chips += [Chip(f"margin {unit(own.outcome).allowed}" + (f" ({name})" if name else ""))
              for name, own in by_task(results)]  # fmt: skip
    data = [name for name in by_data(results) if name]
    if data:
        chips.append(Chip(f"data {listed(data)}, {'a stand-in' if _stands_in(results) else 'real'}"))
    chips += _of_runs(results)
    return chips


def _state(results: Results, partial: str) -> Chip:
    trials = tally(results)
    rest = f", {count(trials.failed)} failed" if trials.failed else ", none failed"
    word = "partial" if partial else "incomplete" if trials.failed else "complete"
    look = "done" if word == "complete" else "partial"
    return Chip(f"{word}: {count(trials.finished)} of {_number(trials.planned, 'trial')}{rest}", look)


def _of_runs(results: Results) -> list[Chip]:
    """Code and numerics, each in a word where all runs agree."""
    known, chips = facts(results), []
    commit = known.get("git.commit") or known.get("git")
    if commit and len(commit) == 1 and not next(iter(commit)).startswith("not known"):
        dirty: Mapping[str, int] = known.get("git.dirty", {})
        state = "" if len(dirty) != 1 else ", changed" if next(iter(dirty)) == "yes" else ", clean"
        chips.append(Chip(f"code {next(iter(commit))[:SHORT]}{state}"))
    numerics = [next(iter(values)) for name in ("numerics.device", "numerics.precision")
                if (values := known.get(name)) and len(values) == 1]  # fmt: skip
    if numerics:
        chips.append(Chip(", ".join(numerics)))
    return chips


def _number(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def _date(results: Results) -> str:
    ends = results.runs["end_time"].dropna()
    return f"{datetime.fromtimestamp(ends.max() / 1000, UTC):%-d %B %Y}" if len(ends) else ""


def _stands_in(results: Results) -> bool:
    """Whether any trial learns from stand-in data."""
    _, _, name = schema.DATA.partition(".")
    return any(trial.settings["workload"].get(name) == "stand_in" for trial in results.plan.trials)
