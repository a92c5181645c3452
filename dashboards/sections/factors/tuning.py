"""Whether a conclusion survives tuning: every method with the training settings that suit it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.networks import Settings, shortened_names
from dashboards.numbers.factors.tuning import Match, Tuned, matches, tuned
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH
from dashboards.words.formats import level, listed
from dashboards.words.units import WIDER, Unit, unit


@dataclass(frozen=True)
class Numbers:
    """All that was tuned."""

    found: tuple[Tuned, ...]
    called: dict[Settings, str]  # networks
    unit: Unit
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    found = tuned(cells(results), results.confidence)
    if not found:
        return None
    return Numbers(found, shortened_names(one.network for one in found), unit(results.outcome), results.confidence)


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(_sentence(match, numbers) for match in matches(numbers.found, numbers.confidence))


def _sentence(match: Match, numbers: Numbers) -> str:
    first, second = match.ranked[:2]
    where = f" on {numbers.called[first.network]}" if len(numbers.called) > 1 else ""
    return (
        f"At {level(first.sparsity)}{where}, each tuned on validation, {_reached(first, numbers.unit)} comes before "
        f"{_reached(second, numbers.unit)} there{_on_test(match, numbers.unit, numbers.confidence)}. "
        f"{_at_shared(match.ranked)}{_edges(match.ranked)}"
    )


def _reached(one: Tuned, words: Unit) -> str:
    value = one.cell.value
    return f"{one.method} ({one.setting}, {words.value(value.mean if value else None)})"


def _on_test(match: Match, words: Unit, confidence: float) -> str:
    """What the test set says of that order."""
    ahead = match.ahead
    if ahead is None:
        return ""
    told = f"; on test the first less the second is {words.change(ahead)}, n = {ahead.n}"
    if ahead.n < ENOUGH:
        return f"{told}, which is no verdict"
    turned = "" if ahead.mean >= 0 else ", so the order turns"
    return f"{told}{turned}, {'clear' if match.clear(confidence) else 'not clear'}"


def _at_shared(contest: Sequence[Tuned]) -> str:
    """Whom validation would have put first if all had been held to one setting."""
    settings = [setting for setting in contest[0].tried if all(setting in one.tried for one in contest)]
    leaders = {setting: max(contest, key=lambda one: one.tried[setting].score).method for setting in settings}
    others = {setting: leader for setting, leader in leaders.items() if leader != contest[0].method}
    ranks = [sorted(contest, key=lambda one: -one.tried[setting].score) for setting in settings]
    if not settings:
        return "No setting was tried for all of them."
    if others:
        instead = listed([f"{leader} with {setting}" for setting, leader in others.items()])
        return f"With one setting for all, validation puts others first: {instead}."
    if any(list(rank) != list(contest) for rank in ranks):
        return f"With one setting for all, it puts {contest[0].method} first too, and others change places."
    return "With one setting for all, the order on validation is the same, whichever that is."


def _edges(contest: Sequence[Tuned]) -> str:
    """Whose best lies at an end of what was tried: beyond may be better."""
    at_end = [one.method for one in contest if one.at_an_end]
    if not at_end:
        return ""
    return f" For {listed(at_end)} the best lies at an end of what was tried, so there may be a better one beyond."


def _row(one: Tuned, numbers: Numbers) -> tuple[str, ...]:
    words, value, dense, times = numbers.unit, one.cell.value, one.reference.value, one.times_the_training
    ahead = words.raw(one.difference)
    return (
        one.method, numbers.called[one.network], level(one.sparsity), one.setting, str(len(one.tried)),
        words.value(value.mean if value else None), words.value_ends(value),
        str(value.n if value else 0), words.value(dense.mean if dense else None),
        words.difference(ahead.mean if ahead else None), words.ends(ahead),
        words.ends(ahead and ahead.over_examples), f"{times:.3g}" if times else "1",
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    by_method = list(dict.fromkeys(one.method for one in numbers.found))
    found = sorted(numbers.found, key=lambda one: by_method.index(one.method))
    rows = tuple(_row(one, numbers) for one in found)
    words = frozenset({"Method", "Network", "Chosen"})
    columns = ("Method", "Network", "Sparsity", "Chosen", "Of", numbers.unit.heading,
               f"Interval{numbers.unit.beside}", "n", "Tuned dense", "Difference to it",
               f"Interval [{numbers.unit.name}]", WIDER, "Times the training")  # fmt: skip
    return (without_empty(Table("Each with its best setting", columns, rows, words, grouped=True), {WIDER}),)


SECTION = Section(
    name="tuning",
    title="Tuned",
    question="Does the conclusion survive when each method gets the training that suits it best?",
    summarize=_summarize,
    text=_text,
    tables=_tables,
)
