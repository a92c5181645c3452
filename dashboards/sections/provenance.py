"""What the figures rest on: spec, code, machine, data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import formats
from dashboards.results import Results
from dashboards.sections.failures import unfinished
from dashboards.sections.section import Section, Table
from dashboards.series import flattened

MOST_VALUES = 4  # of a fact on which runs differ, named one by one


@dataclass(frozen=True)
class Numbers:
    """Counts of trials, and facts about the runs."""

    planned: int
    completed: int
    failed: int
    missing: int
    merged: int  # duplicates that planning left out
    outside: int  # finished runs that the plan no longer holds
    facts: tuple[tuple[str, str], ...]


def _summarize(results: Results) -> Numbers:
    trials, without = results.plan["trials"], unfinished(results)
    failed = sum(one.state == "failed" for one in without)
    return Numbers(len(trials), len(trials) - len(without), failed, len(without) - failed, results.plan["merged"],
                   results.outside, _facts(results))  # fmt: skip


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


def _table(numbers: Numbers) -> Table:
    return Table("Code, machine and data", ("Fact", "Value"), numbers.facts, frozenset({"Fact", "Value"}))


SECTION = Section(
    name="provenance",
    title="Provenance",
    question="What do these figures rest on?",
    summarize=_summarize,
    text=_text,
    tables=lambda numbers: (_table(numbers),),
)
