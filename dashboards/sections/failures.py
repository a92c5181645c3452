"""Planned trials that gave no result: which, and why."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from dashboards import formats, schema
from dashboards.results import Results
from dashboards.sections.section import Section, Table
from dashboards.series import flattened, identity, series


@dataclass(frozen=True)
class Unfinished:
    """A planned trial without a finished run."""

    key: str
    label: str  # of its series
    amount: str  # the sparsity or the threshold that was asked for
    seed: int
    state: str
    error: str | None
    log: str | None

    @property
    def signature(self) -> str:
        """What errors of one kind share: their text without its numbers."""
        return re.sub(r"\d[\d.e+-]*", "…", self.error or self.state)


def unfinished(results: Results) -> tuple[Unfinished, ...]:
    """All planned trials without a finished run."""
    trials = results.plan["trials"]
    finished = set(results.runs["trial_key"])
    flat = [flattened(trial["settings"]) for trial in trials]
    known = series(flat)
    return tuple(
        Unfinished(trial["key"], known[identity(one)].label, _amount(one), one[schema.SEED],
                   _state(trial["state"], trial.get("sweep", results.sweep)), trial["error"], trial["log"])
        for trial, one in zip(trials, flat) if trial["key"] not in finished
    )  # fmt: skip


def _amount(trial: dict) -> str:
    if schema.THRESHOLD in trial:
        return f"threshold {trial[schema.THRESHOLD]:g}"
    return formats.level(trial.get(schema.SPARSITY, 0.0))


def _state(state: str, sweep: str) -> str:
    return f"completed, but not in the store: run `sparsity sync {sweep}`" if state == "completed" else state


def _text(numbers: tuple[Unfinished, ...]) -> tuple[str, ...]:
    kinds: dict[str, list[Unfinished]] = defaultdict(list)
    for one in numbers:
        kinds[one.signature].append(one)
    ranked = sorted(kinds.values(), key=len, reverse=True)
    return tuple(f"{_trials(len(kind))}: {kind[0].error or kind[0].state}" for kind in ranked)


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number} trials"


def _table(numbers: tuple[Unfinished, ...]) -> Table:
    columns = ("Trial", "Method", "Sparsity", "Seed", "State", "Error", "Log")
    rows = tuple(
        (one.key, one.label, one.amount, str(one.seed), one.state, one.error or formats.NONE, one.log or formats.NONE)
        for one in numbers
    )
    return Table("Failed and missing trials", columns, rows, frozenset(columns) - {"Sparsity", "Seed"})


SECTION = Section(
    name="failures",
    title="Without a result",
    question="Which planned trials gave no result, and why?",
    summarize=lambda results: unfinished(results) or None,
    text=_text,
    tables=lambda numbers: (_table(numbers),),
    whole=True,
)
