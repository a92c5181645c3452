"""Log axes whose ticks say what they are: a full number and its unit at each, and never fewer than two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import Any

AIR = 1.15  # factor beyond the least and the greatest value
SPACINGS = ((1, 2, 5), (1, 3), (1,))  # digits of a decade that have a tick, from many to few
DECADES = (1, 2, 3, 5, 10)  # between ticks where one a decade is too many


def log_axis(values: Sequence[float], words: Callable[[float], str], most: int = 7) -> dict[str, Any]:
    """What an axis of x or y takes to show positive values on a log scale.

    `words` of a value make a tick's label, with a line of its own for a unit: `500` above `million`. At most `most`
    ticks are shown. Where all values are nearly the same the axis reaches out to the two ticks around them.

    >>> log_axis([20, 300], "{:g} kB".format)["ticktext"]
    ('20<br>kB', '50<br>kB', '100<br>kB', '200<br>kB')
    """
    low, high = min(values) / AIR, max(values) * AIR
    ticks = next((ticks for ticks in _choices(low, high) if 1 < len(ticks) <= most), ())
    if not ticks:
        around = _ticks(low / 10, high * 10, SPACINGS[0])
        low, high = max(tick for tick in around if tick <= low), min(tick for tick in around if tick >= high)
        ticks = _ticks(low, high, SPACINGS[0])
    labels = tuple(_broken(words(tick)) for tick in ticks)
    return {"type": "log", "range": [log10(low), log10(high)], "tickvals": ticks, "ticktext": labels}


def _choices(low: float, high: float) -> list[tuple[float, ...]]:
    """Ticks of the range, from many to few."""
    dense = [_ticks(low, high, digits) for digits in SPACINGS]
    return dense + [_ticks(low, high, (1,), decades) for decades in DECADES[1:]]


def _ticks(low: float, high: float, digits: Sequence[int], decades: int = 1) -> tuple[float, ...]:
    powers = [power for power in range(floor(log10(low)), ceil(log10(high)) + 1) if power % decades == 0]
    ticks = [float(f"{digit}e{power}") for power in powers for digit in digits]
    return tuple(tick for tick in ticks if low <= tick <= high)


def _broken(label: str) -> str:
    number, _, unit = label.replace("\N{NO-BREAK SPACE}", " ").partition(" ")
    return f"{number}<br>{unit}" if unit.isalpha() else label
