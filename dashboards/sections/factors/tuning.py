"""Tuning: whether a conclusion holds if every method has its best training settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.networks import Settings, shortened_names
from dashboards.numbers.factors.tuning import Match, Tuned, matches, tuned
from dashboards.read.results import Results
from dashboards.sections.factors.headlines import fitting
from dashboards.statistics.estimates import ENOUGH
from dashboards.words.formats import NONE, level, listed
from dashboards.words.units import WIDER, Unit, unit

TIMES, NETWORK = "Times the training", "Network"


@dataclass(frozen=True)
class Numbers:
    """All tuned methods."""

    rows: tuple[Tuned, ...]
    networks: dict[Settings, str]  # names
    unit: Unit
    confidence: float

    @property
    def matches(self) -> tuple[Match, ...]:
        """All comparisons of two or more methods."""
        return matches(self.rows, self.confidence)


def _summarize(results: Results) -> Numbers | None:
    rows = tuned(cells(results), results.confidence)
    if not rows:
        return None
    names = shortened_names(row.network for row in rows)
    return Numbers(rows, names, unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    """Whether tuning changes which method is first on validation."""
    if not numbers.matches:
        return _against_dense(numbers)
    changed = [match for match in numbers.matches if _other_leaders(match.ranked)]
    if not changed:
        return "Tuning does not change which method is first on validation"
    levels = listed(list(dict.fromkeys(level(match.ranked[0].sparsity) for match in changed)))
    return fitting(f"Tuning changes which method is first on validation, at {levels} sparsity",
                   f"Tuning changes which method is first on validation, in {len(changed)} of {len(numbers.matches)} "
                   "comparisons")  # fmt: skip


def _against_dense(numbers: Numbers) -> str:
    """For a single method: its difference to the tuned dense network at the sparsest level."""
    compared = [row for row in numbers.rows if row.sparsity > 0 and row.difference]
    if not compared:
        return ""
    last = max(compared, key=lambda row: row.sparsity)
    difference = numbers.unit.raw(last.difference)
    amount = numbers.unit.difference(difference.mean if difference else None)
    where = f"at {level(last.sparsity)} sparsity"
    return fitting(f"With the best training for each, {last.method} is {amount} from dense {where}",
                   f"With the best training for each, {amount} from dense {where}")  # fmt: skip


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(_sentence(match, numbers) for match in numbers.matches)


def _sentence(match: Match, numbers: Numbers) -> str:
    first, second = match.ranked[:2]
    where = f" on {numbers.networks[first.network]}" if len(numbers.networks) > 1 else ""
    return (
        f"At {level(first.sparsity)} sparsity{where}, each with its best setting on validation, "
        f"{_reached(first, numbers.unit)} is before {_reached(second, numbers.unit)}"
        f"{_on_test(match, numbers.unit, numbers.confidence)}. {_at_shared(match.ranked)}{_edges(match.ranked)}"
    )


def _reached(tuned_method: Tuned, words: Unit) -> str:
    value = tuned_method.cell.value
    return f"{tuned_method.method} ({tuned_method.setting}, {words.value(value.mean if value else None)})"


def _on_test(match: Match, words: Unit, confidence: float) -> str:
    """The comparison of the first two on the test set."""
    ahead = match.ahead
    if ahead is None:
        return ""
    difference = f". On test, the first minus the second is {words.change(ahead)}, n = {ahead.n}"
    if ahead.n < ENOUGH:
        return f"{difference}, which is no verdict"
    turned = "" if ahead.mean >= 0 else ", so the order turns"
    return f"{difference}{turned}, {'clear' if match.clear(confidence) else 'not clear'}"


def _shared(ranked: Sequence[Tuned]) -> list[str]:
    """The settings that were tried for every method."""
    return [setting for setting in ranked[0].tried if all(setting in method.tried for method in ranked)]


def _other_leaders(ranked: Sequence[Tuned]) -> dict[str, str]:
    """The first method on validation for each shared setting, if it differs from the tuned first."""
    leaders = {setting: max(ranked, key=lambda method: method.tried[setting].score).method
               for setting in _shared(ranked)}  # fmt: skip
    return {setting: leader for setting, leader in leaders.items() if leader != ranked[0].method}


def _at_shared(ranked: Sequence[Tuned]) -> str:
    """The order on validation if all methods had one setting."""
    settings, leaders = _shared(ranked), _other_leaders(ranked)
    orders = [sorted(ranked, key=lambda method: -method.tried[setting].score) for setting in settings]
    if not settings:
        return "No setting was tried for all of them."
    if leaders:
        instead = listed([f"{leader} with {setting}" for setting, leader in leaders.items()])
        return f"With one setting for all, validation puts others first: {instead}."
    if any(list(order) != list(ranked) for order in orders):
        return f"With one setting for all, validation also puts {ranked[0].method} first, but others change places."
    return "With one setting for all, the order on validation is the same for each setting."


def _edges(ranked: Sequence[Tuned]) -> str:
    """A note on methods with their best setting at an end of the tried range."""
    at_end = [method.method for method in ranked if method.at_an_end]
    if not at_end:
        return ""
    return f" For {listed(at_end)} the best setting is at an end of the tried range. A setting beyond may be better."


def _computed(numbers: Numbers) -> str:
    del numbers
    return (
        "Each method at each sparsity has the training setting with the best mean validation outcome at the last step. "
        "Its test outcome is reported. Tuned dense is the dense twin, or the dense network, with its own best setting. "
        f"The verdict comes from the paired t-test on test outcomes and needs {ENOUGH} seeds. It is adjusted by Holm "
        "over all sentences."
    )


def _row(row: Tuned, numbers: Numbers) -> tuple[str, ...]:
    words, value, dense, times = numbers.unit, row.cell.value, row.reference.value, row.times_the_training
    difference = words.raw(row.difference)
    return (
        row.method, numbers.networks[row.network] if len(numbers.networks) > 1 else NONE, level(row.sparsity),
        row.setting, str(len(row.tried)), words.value(value.mean if value else None), words.value_ends(value),
        str(value.n if value else 0), words.value(dense.mean if dense else None),
        words.difference(difference.mean if difference else None), words.ends(difference),
        words.ends(difference and difference.over_examples), f"{times:.3g}" if times else NONE,
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    by_method = list(dict.fromkeys(row.method for row in numbers.rows))
    rows = tuple(_row(row, numbers) for row in sorted(numbers.rows, key=lambda row: by_method.index(row.method)))
    words = frozenset({"Method", NETWORK, "Best setting"})
    columns = ("Method", NETWORK, "Sparsity", "Best setting", "Settings tried", numbers.unit.heading,
               f"Interval{numbers.unit.beside}", "n", "Tuned dense", "Difference to it",
               f"Interval [{numbers.unit.name}]", WIDER, TIMES)  # fmt: skip
    table = Table("Each method with its best setting", columns, rows, words, grouped=True)
    return (without_empty(table, {NETWORK, WIDER, TIMES}),)


SECTION = Section(
    name="tuning",
    title="Tuned",
    question="Does the conclusion survive when each method gets the training that suits it best?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    computed=_computed,
    tables=_tables,
    every_setting=True,
)
