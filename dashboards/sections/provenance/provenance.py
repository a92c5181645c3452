"""The origin of the results: spec, code, machine, data."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Section, Table
from dashboards.read.facts import fact_text, facts
from dashboards.read.results import Results
from dashboards.sections.provenance.failures import unfinished
from dashboards.words import formats


@dataclass(frozen=True)
class Numbers:
    """Counts of trials, and facts about the runs."""

    planned: int
    completed: int
    failed: int
    missing: int
    merged: int  # duplicate trials that planning merged
    outside: int  # finished runs that the plan no longer has
    facts: tuple[tuple[str, str], ...]


def _summarize(results: Results) -> Numbers:
    trials, without = results.plan.trials, unfinished(results)
    failed = sum(trial.state == "failed" for trial in without)
    return Numbers(len(trials), len(trials) - len(without), failed, len(without) - failed, results.plan.merged,
                   results.outside, _facts(results))  # fmt: skip


def _facts(results: Results) -> tuple[tuple[str, str], ...]:
    return tuple((name, fact_text(values)) for name, values in facts(results).items())


def _text(numbers: Numbers) -> tuple[str, ...]:
    first = (f"{formats.count(numbers.planned)} trials planned: {formats.count(numbers.completed)} completed, "
             f"{formats.count(numbers.failed)} failed, {formats.count(numbers.missing)} missing.")  # fmt: skip
    if numbers.merged:
        first += f" {formats.count(numbers.merged)} further trials of the spec are duplicates and were merged."
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
    finding=lambda numbers: "What these figures rest on",
    text=_text,
    tables=lambda numbers: (_table(numbers),),
    whole=True,
)
