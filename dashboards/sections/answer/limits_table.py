"""Safe and critical sparsity of every series, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.draw.safe_strip import where
from dashboards.draw.section import Table, without_empty
from dashboards.numbers.answer.limits import Limits
from dashboards.numbers.answer.margins import Walk
from dashboards.sections.answer.limits_sentences import critical_interval
from dashboards.words import formats
from dashboards.words.formats import level
from dashboards.words.units import WIDER, Unit


def limits_table(limits: Sequence[Limits], words: Unit) -> Table:
    """One row a series."""
    columns = ("Method", "Safe up to", "Judged over", "First not safe", "Difference there",
               f"Interval [{words.name}]", WIDER, "Its twin", "Critical sparsity", "Interval", "Between levels",
               "Seeds that lose the margin", "n", "Safe at best checkpoint")  # fmt: skip
    rows = tuple(_row(limit, words) for limit in limits)
    table = Table("Safe and critical sparsity", columns, rows, frozenset({"Method", "Judged over"}), grouped=True)
    return without_empty(table, {WIDER})


def _row(limit: Limits, words: Unit) -> tuple[str, ...]:
    failed, critical = limit.last.failed, limit.critical
    difference = words.raw(failed.gain) if failed else None
    return (
        limit.series.label,
        _safe_level(limit.last),
        _judged(limit.last),
        level(failed.cell.level) if failed else formats.NONE,
        words.difference(difference.mean if difference else None),
        words.ends(difference),
        words.ends(difference.over_examples if difference else None),
        words.value(failed.cell.twins if failed else None),
        where(critical),
        critical_interval(critical),
        f"{level(critical.typical.denser)} and {level(critical.typical.sparser)}" if critical.typical else formats.NONE,
        f"{critical.crossed} of {len(critical.by_seed)}",
        str(limit.last.fewest),
        _safe_level(limit.best) if limit.best else formats.NONE,
    )


def _safe_level(walk: Walk) -> str:
    if not walk.enough:
        return "no verdict"
    return level(walk.safe.level) if walk.safe else "no level"


def _judged(walk: Walk) -> str:
    """What the verdict rests on: on seeds alone if it does so at any level."""
    if not walk.enough:
        return formats.NONE
    return "seeds alone" if walk.over_seeds_alone else "seeds and examples"
