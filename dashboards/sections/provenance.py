"""What the figures rest on: spec, code, machine, data, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import formats, schema
from dashboards.results import Results
from dashboards.sections.section import Section, Table
from dashboards.series import flattened, identity, series

MOST_VALUES = 4  # of a fact on which runs differ, named one by one


@dataclass(frozen=True)
class Unfinished:
    """A planned trial without a finished run."""

    key: str
    label: str  # of its series
    sparsity: float
    seed: int
    state: str
    error: str | None
    log: str | None


@dataclass(frozen=True)
class Numbers:
    """Counts of trials, facts about the runs, and the trials that gave none."""

    planned: int
    completed: int
    failed: int
    missing: int
    merged: int  # duplicates that planning left out
    outside: int  # finished runs that the plan no longer holds
    facts: tuple[tuple[str, str], ...]
    unfinished: tuple[Unfinished, ...]


def _summarize(results: Results) -> Numbers:
    trials = results.plan["trials"]
    finished = set(results.runs["trial_key"])
    flat = [flattened(trial["settings"]) for trial in trials]
    known = series(flat)
    unfinished = tuple(
        Unfinished(trial["key"], known[identity(one)].label, float(one.get(schema.SPARSITY, 0)), one[schema.SEED],
                   _state(trial["state"], results.sweep), trial["error"], trial["log"])
        for trial, one in zip(trials, flat) if trial["key"] not in finished
    )  # fmt: skip
    failed = sum(one.state == "failed" for one in unfinished)
    return Numbers(len(trials), len(trials) - len(unfinished), failed, len(unfinished) - failed, results.plan["merged"],
                   results.outside, _facts(results), unfinished)  # fmt: skip


def _state(state: str, sweep: str) -> str:
    return f"completed, but not in the store: run `sparsity sync {sweep}`" if state == "completed" else state


def _facts(results: Results) -> tuple[tuple[str, str], ...]:
    """The plan's facts, then those of the runs; where runs differ, what they say and how many of them."""
    found: dict[str, Counter[str]] = {}
    planned = flattened(results.plan["provenance"])
    for facts in results.provenance.values():
        for name, value in facts.items():
            found.setdefault(name, Counter())[_words(value)] += 1
    said = {name: _words(value) for name, value in planned.items()}
    for name, values in found.items():
        said[name] = _values(values)
    if not any(name == "git" or name.startswith("git.") for name in said):
        said["git"] = "not known: the code was not under version control"
    return (("spec sha256", results.plan["spec_sha256"]), *said.items())


def _values(values: Mapping[str, int]) -> str:
    if len(values) == 1:
        return next(iter(values))
    if len(values) > MOST_VALUES:
        return f"{len(values)} different values"
    return "; ".join(f"{value} ({runs} {'run' if runs == 1 else 'runs'})" for value, runs in sorted(values.items()))


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(_words(part) for part in value) if isinstance(value, tuple) else str(value)


def _text(numbers: Numbers) -> tuple[str, ...]:
    first = (f"{formats.count(numbers.planned)} trials planned: {formats.count(numbers.completed)} completed, "
             f"{formats.count(numbers.failed)} failed, {formats.count(numbers.missing)} missing.")  # fmt: skip
    if numbers.merged:
        first += f" {formats.count(numbers.merged)} more that the spec asked for equal one of these and were merged."
    if numbers.outside:
        first += f" {formats.count(numbers.outside)} finished runs of an earlier form of the spec are left out."
    return (first,)


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    facts = Table("Code, machine and data", ("Fact", "Value"), numbers.facts, frozenset({"Fact", "Value"}))
    if not numbers.unfinished:
        return (facts,)
    columns = ("Trial", "Method", "Sparsity", "Seed", "State", "Error", "Log")
    rows = tuple(
        (one.key, one.label, formats.level(one.sparsity), str(one.seed), one.state, one.error or formats.NONE,
         one.log or formats.NONE)
        for one in numbers.unfinished
    )  # fmt: skip
    return (Table("Failed and missing trials", columns, rows, frozenset(columns) - {"Sparsity", "Seed"}), facts)


SECTION = Section(
    name="provenance",
    title="Provenance",
    question="What do these figures rest on, and what is missing?",
    summarize=_summarize,
    text=_text,
    tables=_tables,
)
