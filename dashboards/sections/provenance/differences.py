"""What several sweeps differ in and share: what must be known before their series are held against each other."""

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
    """Of each sweep, in their order, what it is; of all, what differs and what is shared."""

    sweeps: tuple[str, ...]
    questions: tuple[str | None, ...]
    tallies: tuple[Tally, ...]
    settings: tuple[Difference, ...]
    facts: tuple[Difference, ...]
    series: tuple[Row, ...]
    adopted: int  # runs that are paired with another sweep's twin
    data: tuple[str, ...]
    outcomes: tuple[str, ...]  # what trials are judged by
    judged: tuple[str, ...]  # how sweeps judge differently, and what this page goes by


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
    differ = [one for one in results.outcomes if len(_margins(results, one)) > 1]
    told = {one.kind: unit(one).allowed for one in differ}
    several = len(results.outcomes) > 1
    said = [f"the least margin{f' of {unit(one).noun}' if several else ''} ({told[one.kind]})" for one in differ]
    if len({part.confidence for part in results.parts}) > 1:
        said.append(f"the highest confidence ({formats.level(results.confidence)})")
    return tuple(said)


def _margins(results: Results, outcome: OutcomeEntry) -> set[float]:
    return {one.margin for part in results.parts for one in part.outcomes if one.kind == outcome.kind}


def _text(numbers: Numbers) -> tuple[str, ...]:
    said = [_shared(numbers)]
    if unlike := [row for row in numbers.series if row.unlike]:
        said.append(_unlike(unlike))
    said += [
        _gaps(sweep, one)
        for sweep, one in zip(numbers.sweeps, numbers.tallies, strict=True)
        if one.finished < one.planned
    ]
    if numbers.adopted:
        pairs = "1 run has" if numbers.adopted == 1 else f"{count(numbers.adopted)} runs have"
        said.append(
            f"{pairs} no finished dense twin in the sweep that trained it, and another sweep's stands in for it."
        )
    if numbers.judged:
        said.append(f"The sweeps judge differently; this page goes by {listed(list(numbers.judged))}.")
    if len(numbers.data) > 1:
        said.append(
            f"The trials learn from {listed(list(numbers.data))}. Figures over different data are not "
            "compared: each data set has an answer, tables and figures of its own."
        )
    if len(numbers.outcomes) > 1:
        said.append(f"The trials are judged by {listed(list(numbers.outcomes))}, each with an answer, tables and "
                    "figures of its own.")  # fmt: skip
    exploratory = "A comparison of one sweep's series with another's is exploratory: no sweep planned it."
    return (*said, exploratory)


def _shared(numbers: Numbers) -> str:
    trials, series = sum(row.shared for row in numbers.series), sum(row.common for row in numbers.series)
    names = listed(list(numbers.sweeps))
    if not series:
        return f"{names} have no series in common, and so no trial."
    in_series = f"{count(series)} of {count(len(numbers.series))} series in common"
    if not trials:
        return f"{names} have {in_series}, but no trial."
    return f"{names} have {in_series}, and in them {_trials(trials)}, counted once."


def _unlike(unlike: list[Row]) -> str:
    found = "; ".join(f"{count(row.unlike)} of {row.label}{_apart(row)}" for row in unlike)
    return (
        "Trials with equal settings have become other networks in another sweep (see code and machine below): "
        f"{found}. They are shown as one series, each from the first sweep that finished it, while every difference is "
        "to the twin from the same sweep."
    )


def _apart(row: Row) -> str:
    if row.gap is None:
        return ""
    words = unit(row.outcome)
    if not row.gap:
        return f" (same {words.outcome.title})"
    return f" ({words.outcome.title} up to {words.difference(row.gap).lstrip('+')} apart)"


def _gaps(sweep: str, one: Tally) -> str:
    left = [
        f"{count(number)} {state}" for number, state in ((one.failed, "failed"), (one.missing, "missing")) if number
    ]
    return f"{sweep} is not finished: of its {_trials(one.planned)}, {listed(left)}."


def _trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{count(number)} trials"


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    tallies = numbers.tallies
    sweeps = [
        ("Question", *(question or NONE for question in numbers.questions)),
        ("Trials planned", *(count(one.planned) for one in tallies)),
        ("Trials finished", *(count(one.finished) for one in tallies)),
        ("Trials failed", *(count(one.failed) for one in tallies)),
        ("Trials missing", *(count(one.missing) for one in tallies)),
    ]
    series = [(row.label, *(_finished(one) for one in row.tallies)) for row in numbers.series]
    settings, facts = ([(one.name, *one.values) for one in found] for found in (numbers.settings, numbers.facts))
    found = (
        ("The sweeps", "", sweeps),
        ("Settings that differ; all others are the same", "Setting", settings),
        ("Margin, code, machine and data that differ", "Fact", facts),
        ("Trials finished, by series", "Series", series),
    )
    return tuple(
        Table(title, (first, *numbers.sweeps), tuple(lines), frozenset((first, *numbers.sweeps)))
        for title, first, lines in found
        if lines
    )


def _finished(one: Tally) -> str:
    return f"{count(one.finished)} of {count(one.planned)}" if one.planned else NONE


SECTION = Section(
    name="differences",
    title="What differs",
    question="In what do these sweeps differ, and what do they share?",
    summarize=_summarize,
    text=_text,
    tables=_tables,
    whole=True,
)
