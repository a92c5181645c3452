"""Words for maps of shapes: conditions, places and verdicts."""

from __future__ import annotations

from dashboards.numbers.factors.effects import Effect
from dashboards.numbers.factors.shapes import Condition
from dashboards.statistics.estimates import is_clear
from dashboards.words import formats
from dashboards.words.formats import count, level


def condition_text(condition: Condition) -> str:
    """The condition in words."""
    if condition.sparsity is not None:
        return f"{level(condition.sparsity)} removed"
    return f"{count(condition.count)} weights left"


def shape(end: int | tuple[int, ...]) -> str:
    """A depth or a width in words."""
    return str(end) if isinstance(end, int) else "-".join(map(str, end)) or formats.NONE


def verdict(effect: Effect, confidence: float) -> str:
    """The verdict on a change; a dash with too few seeds."""
    return formats.NONE if effect.p_value is None else "clear" if is_clear(effect.p_value, confidence) else "not clear"
