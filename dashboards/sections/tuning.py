"""Whether a conclusion survives tuning: every method with the training settings that suit it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import formats
from dashboards.cells import Cell, cells
from dashboards.formats import level, listed, percent, points, points_interval
from dashboards.networks import Settings, shortened_names
from dashboards.results import Results
from dashboards.sections.section import Section, Table
from dashboards.statistics import ENOUGH, Estimate, paired
from dashboards.tuning import Tuned, tuned

COLUMNS = ("Method", "Network", "Sparsity", "Chosen", "Of", "Test accuracy", "Interval [%]", "n",
           "Difference to tuned dense", "Interval [pp]", "Times the training")  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """All that was tuned."""

    found: tuple[Tuned, ...]
    called: dict[Settings, str]  # networks
    confidence: float

    def contests(self) -> list[tuple[Tuned, ...]]:
        """What stands beside each other: the methods at one sparsity on one network, the best on validation first."""
        groups: dict[tuple[Settings, float], list[Tuned]] = {}
        for one in self.found:
            if one.sparsity > 0:
                groups.setdefault((one.network, one.sparsity), []).append(one)
        return [tuple(sorted(group, key=lambda one: -one.cell.validation)) for group in groups.values()
                if len(group) > 1]  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    found = tuned(cells(results), results.confidence)
    if not found:
        return None
    return Numbers(found, shortened_names(one.network for one in found), results.confidence)


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(_sentence(contest, numbers) for contest in numbers.contests())


def _sentence(contest: Sequence[Tuned], numbers: Numbers) -> str:
    first, second = contest[:2]
    where = f" on {numbers.called[first.network]}" if len(numbers.called) > 1 else ""
    ahead = paired(first.cell.by_seed, second.cell.by_seed, numbers.confidence)
    return (
        f"At {level(first.sparsity)}{where}, each tuned on validation, {_reached(first)} is ahead of {_reached(second)}"
        f"{_by(ahead)}. {_at_shared(contest)}{_edges(contest)}"
    )


def _reached(one: Tuned) -> str:
    accuracy = one.cell.accuracy
    return f"{one.method} ({one.setting}, {percent(accuracy.mean if accuracy else None)})"


def _by(ahead: Estimate | None) -> str:
    if ahead is None:
        return ""
    interval = f", {points_interval(ahead)}" if ahead.low is not None else ""
    few = "" if ahead.n >= ENOUGH else f"; no verdict with n = {ahead.n}"
    return f" by {points(ahead.mean)}{interval}{few}"


def _at_shared(contest: Sequence[Tuned]) -> str:
    """Who would have been ahead if all had been held to one setting."""
    settings = [setting for setting in contest[0].cells if all(setting in one.cells for one in contest)]
    leaders = {setting: max(contest, key=lambda one: one.cells[setting].validation).method for setting in settings}
    others = {setting: leader for setting, leader in leaders.items() if leader != contest[0].method}
    ranks = [sorted(contest, key=lambda one: -one.cells[setting].validation) for setting in settings]
    if not settings:
        return "No setting was tried for all of them."
    if others:
        instead = listed([f"{leader} with {setting}" for setting, leader in others.items()])
        return f"With one setting for all others could be ahead: {instead}."
    if any(list(rank) != list(contest) for rank in ranks):
        return f"With one setting for all {contest[0].method} leads too, though the others change places."
    return "With one setting for all the order is the same, whichever that is."


def _edges(contest: Sequence[Tuned]) -> str:
    """Whose best lies at an end of what was tried: beyond may be better."""
    at_end = [one.method for one in contest if one.at_an_end]
    if not at_end:
        return ""
    return f" For {listed(at_end)} the best lies at an end of what was tried, so there may be a better one beyond."


def _row(one: Tuned, numbers: Numbers) -> tuple[str, ...]:
    cell: Cell = one.cell
    times = one.times_the_training
    return (
        one.method, numbers.called[one.network], level(one.sparsity), one.setting, str(len(one.cells)),
        percent(cell.accuracy.mean if cell.accuracy else None), formats.interval(cell.accuracy),
        str(cell.accuracy.n if cell.accuracy else 0), points(one.difference.mean if one.difference else None),
        points_interval(one.difference), f"{times:.3g}" if times else "1",
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    by_method = list(dict.fromkeys(one.method for one in numbers.found))
    found = sorted(numbers.found, key=lambda one: by_method.index(one.method))
    rows = tuple(_row(one, numbers) for one in found)
    return (Table("Each with its best setting", COLUMNS, rows, frozenset({"Method", "Network", "Chosen"}),
                  grouped=True),)  # fmt: skip


SECTION = Section(
    name="tuning",
    title="Tuned",
    question="Does the conclusion survive when each method gets the training that suits it best?",
    summarize=_summarize,
    text=_text,
    tables=_tables,
)
