"""Differences between sweeps and their common series, for a fair comparison."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Section, Table
from dashboards.numbers.cells.overlap import Row, Tally, adopted, rows, tally
from dashboards.plan_file import OutcomeEntry
from dashboards.read.differences import Difference, of_facts, of_settings
from dashboards.read.results import Results
from dashboards.read.tasks import by_data
from dashboards.words import formats
from dashboards.words.formats import NONE, count, listed
from dashboards.words.units import unit


@dataclass(frozen=True)
class Numbers:
    """The sweeps in their order, their differences and their common series."""

    sweeps: tuple[str, ...]
    questions: tuple[str | None, ...]
    tallies: tuple[Tally, ...]
    settings: tuple[Difference, ...]
    facts: tuple[Difference, ...]
    series: tuple[Row, ...]
    adopted: int  # runs with a twin from another sweep
    data: tuple[str, ...]
    outcomes: tuple[str, ...]  # titles of the outcomes
    judged: tuple[str, ...]  # criteria of this page that differ between sweeps


def _summarize(results: Results) -> Numbers | None:
    parts = results.parts
    if not parts:
        return None
    return Numbers(
        tuple(part.sweep for part in parts), tuple(part.plan.question for part in parts),
        tuple(tally(part) for part in parts), of_settings(parts), of_facts(parts), rows(results), adopted(results),
        tuple(by_data(results)), tuple(one.title for one in results.outcomes), _judged(results),
    )  # fmt: skip


def _judged(results: Results) -> tuple[str, ...]:
    outcomes = [unit(outcome) for outcome in results.outcomes if len(_margins(results, outcome)) > 1]
    several = len(results.outcomes) > 1
    criteria = [f"the least margin{f' of {words.noun}' if several else ''} ({words.allowed})" for words in outcomes]
    if len({part.confidence for part in results.parts}) > 1:
        criteria.append(f"the highest confidence ({formats.level(results.confidence)})")
    return tuple(criteria)


def _margins(results: Results, outcome: OutcomeEntry) -> set[float]:
    return {other.margin for part in results.parts for other in part.outcomes if other.kind == outcome.kind}


def _text(numbers: Numbers) -> tuple[str, ...]:
    sentences = [_shared(numbers)]
    if unlike := [row for row in numbers.series if row.unlike]:
        sentences.append(_unlike(unlike))
    sentences += [
        _gaps(sweep, trials)
        for sweep, trials in zip(numbers.sweeps, numbers.tallies, strict=True)
        if trials.finished < trials.planned
    ]
    if numbers.adopted:
        pairs = "1 run has" if numbers.adopted == 1 else f"{count(numbers.adopted)} runs have"
        sentences.append(f"{pairs} no finished dense twin in the same sweep. A twin from another sweep replaces it.")
    if numbers.judged:
        sentences.append(f"The sweeps have different criteria. This page uses {listed(list(numbers.judged))}.")
    if len(numbers.data) > 1:
        sentences.append(
            f"The trials use {listed(list(numbers.data))}. Results on different data are not compared: each data set "
            "has its own answer, tables and figures."
        )
    if len(numbers.outcomes) > 1:
        sentences.append(f"The trials are judged by {listed(list(numbers.outcomes))}, each with an answer, tables and "
                    "figures of its own.")  # fmt: skip
    exploratory = "A comparison of one sweep's series with another's is exploratory: no sweep planned it."
    return (*sentences, exploratory)


def _shared(numbers: Numbers) -> str:
    trials, series = sum(row.shared for row in numbers.series), sum(row.common for row in numbers.series)
    names = listed(list(numbers.sweeps))
    if not series:
        return f"{names} share no series and no trial."
    in_series = f"{count(series)} of {count(len(numbers.series))} series"
    if not trials:
        return f"{names} share {in_series}, but no trial."
    return f"{names} share {in_series}. In these they share {_trials(trials)}. Each shared trial counts once."


def _unlike(unlike: list[Row]) -> str:
    series = "; ".join(f"{count(row.unlike)} of {row.label}{_apart(row)}" for row in unlike)
    return (
        "Some trials with equal settings gave different networks in different sweeps (see code and machine below): "
        f"{series}. Each trial counts once, from the first sweep that finished it. Every difference is to the twin "
        "from the same sweep."
    )


def _apart(row: Row) -> str:
    if row.gap is None:
        return ""
    words = unit(row.outcome)
    if not row.gap:
        return f" (same {words.outcome.title})"
    return f" ({words.outcome.title} up to {words.difference(row.gap).lstrip('+')} apart)"


def _gaps(sweep: str, trials: Tally) -> str:
    left = [
        f"{count(number)} {state}"
        for number, state in ((trials.failed, "failed"), (trials.missing, "missing"))
        if number
    ]
    return f"{sweep} is not finished: of its {_trials(trials.planned)}, {listed(left)}."


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{count(number)} trials"


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    tallies = numbers.tallies
    sweeps = [
        ("Question", *(question or NONE for question in numbers.questions)),
        ("Trials planned", *(count(trials.planned) for trials in tallies)),
        ("Trials finished", *(count(trials.finished) for trials in tallies)),
        ("Trials failed", *(count(trials.failed) for trials in tallies)),
        ("Trials missing", *(count(trials.missing) for trials in tallies)),
    ]
    series = [(row.label, *map(_finished, row.tallies)) for row in numbers.series]
    settings, facts = ([(difference.name, *difference.values) for difference in differences]
                       for differences in (numbers.settings, numbers.facts))  # fmt: skip
    tables = (
        ("The sweeps", "", sweeps),
        ("Settings that differ; all others are the same", "Setting", settings),
        ("Margin, code, machine and data that differ", "Fact", facts),
        ("Trials finished, by series", "Series", series),
    )
    return tuple(
        Table(title, (first, *numbers.sweeps), tuple(lines), frozenset((first, *numbers.sweeps)))
        for title, first, lines in tables
        if lines
    )


def _finished(trials: Tally) -> str:
    return f"{count(trials.finished)} of {count(trials.planned)}" if trials.planned else NONE


SECTION = Section(
    name="differences",
    title="What differs",
    question="In what do these sweeps differ, and what do they share?",
    summarize=_summarize,
    text=_text,
    tables=_tables,
    whole=True,
)
