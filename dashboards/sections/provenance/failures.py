"""Planned trials without a result, and the reasons."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from dashboards.draw.section import Section, Table
from dashboards.read.planned import PlannedTrial, finished, planned
from dashboards.read.results import Results
from dashboards.words import formats


@dataclass(frozen=True)
class Unfinished:
    """A planned trial that is unfinished, or lacks some runs in the store."""

    key: str
    label: str  # of its series
    amount: str  # planned sparsities or threshold
    seed: int
    state: str
    error: str | None
    log: str | None

    @property
    def waits(self) -> bool:
        """Whether the trial has not ended yet."""
        return self.state in ("planned", "running")

    @property
    def signature(self) -> str:
        """The error without its numbers, which errors of one kind share."""
        return re.sub(r"\d[\d.e+-]*", "…", self.error or self.state)


def unfinished(results: Results) -> tuple[Unfinished, ...]:
    """All planned trials that are not finished."""
    done = finished(results)
    return tuple(_unfinished(trial, results.sweep) for trial in planned(results) if trial.key not in done)


def _unfinished(trial: PlannedTrial, sweep: str) -> Unfinished:
    entry = trial.entry
    state = _state(entry.state, entry.sweep or sweep)
    return Unfinished(trial.key, trial.label, _amount(trial), trial.runs[0].seed, state, entry.error, entry.log)


def _amount(trial: PlannedTrial) -> str:
    """The planned sparsity or threshold. For a ladder: its least and greatest level, and its number of runs."""
    if (threshold := trial.entry.settings["method"].get("threshold")) is not None:
        return f"threshold {threshold:g}"
    first, levels = trial.runs[0], [run.sparsity for run in trial.runs if run.sparsity is not None]
    if len(levels) == len(trial.runs) > 1:
        ends = dict.fromkeys(formats.level(end) for end in (min(levels), max(levels)))
        return f"{' to '.join(ends)} in {len(levels)} runs"
    asked = first.sparsity if first.asked is None else first.asked
    return formats.NONE if asked is None else formats.level(asked)


def _state(state: str, sweep: str) -> str:
    return f"completed, but not in the store: run `sparsity sync {sweep}`" if state == "completed" else state


def _finding(numbers: tuple[Unfinished, ...]) -> str:
    failed = sum(trial.state == "failed" for trial in numbers)
    waiting = sum(trial.waits for trial in numbers)
    counts = {"failed": failed, "not finished yet": waiting, "without a result": len(numbers) - failed - waiting}
    return formats.capital(formats.listed([f"{_trials(number)} {state}" for state, number in counts.items() if number]))


def _text(numbers: tuple[Unfinished, ...]) -> tuple[str, ...]:
    kinds: dict[str, list[Unfinished]] = defaultdict(list)
    for trial in numbers:
        kinds[trial.signature].append(trial)
    ranked = sorted(kinds.values(), key=len, reverse=True)
    return tuple(f"{_trials(len(kind))}: {kind[0].error or kind[0].state}" for kind in ranked)


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number} trials"


def _table(numbers: tuple[Unfinished, ...]) -> Table:
    columns = ("Trial", "Method", "Sparsity", "Seed", "State", "Error", "Log")
    rows = tuple(
        (trial.key, trial.label, trial.amount, str(trial.seed), trial.state,
         trial.error or formats.NONE, trial.log or formats.NONE)
        for trial in numbers if not trial.waits
    )  # fmt: skip
    return Table("Failed and missing trials", columns, rows, frozenset(columns) - {"Sparsity", "Seed"})


SECTION = Section(
    name="failures",
    title="Without a result",
    question="Which planned trials gave no result, and why?",
    summarize=lambda results: unfinished(results) or None,
    text=_text,
    finding=_finding,
    tables=lambda numbers: (table,) if (table := _table(numbers)).rows else (),
    whole=True,
)
