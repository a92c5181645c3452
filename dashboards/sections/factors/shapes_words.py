"""What the maps of shapes have in common and where a network stands on them, in words."""

from __future__ import annotations

from dashboards.numbers.factors.effects import Effect
from dashboards.numbers.factors.shapes import Condition
from dashboards.statistics.estimates import is_clear
from dashboards.words import formats
from dashboards.words.formats import count, level


def held(condition: Condition) -> str:
    """The condition in words."""
    if condition.sparsity is not None:
        return f"{level(condition.sparsity)} removed"
    return f"{count(condition.count)} weights left"


def shape(end: int | tuple[int, ...]) -> str:
    """A depth or a width."""
    return str(end) if isinstance(end, int) else "-".join(map(str, end)) or formats.NONE


def verdict(effect: Effect, confidence: float) -> str:
    """Whether a change is more than chance, where seeds tell."""
    return formats.NONE if effect.p_value is None else "clear" if is_clear(effect.p_value, confidence) else "not clear"
