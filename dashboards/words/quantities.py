"""Large counts, sizes and short times in plain words: `500 million`, `20 kB`, `3 ms`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NO_BREAK = "\N{NO-BREAK SPACE}"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LARGEST = 1e15  # from here on a power of ten replaces the word


@dataclass(frozen=True)
class UnitScale:
    """A unit and its word. A column of a table has one scale, so that its numbers can be compared and sorted."""

    size: float
    word: str

    def bare(self, value: float) -> str:
        """The value without the word, with three significant digits or all digits of its whole part.

        >>> UnitScale(1e3, "kB").bare(1_066_400), UnitScale(1e3, "kB").bare(11_540)
        ('1,066', '11.5')
        """
        amount = float(f"{value / self.size:.3g}")
        return f"{value / self.size:,.0f}" if amount >= 1000 else f"{amount:g}"


PLAIN = UnitScale(1, "")
COUNTS = (UnitScale(1e12, "trillion"), UnitScale(1e9, "billion"), UnitScale(1e6, "million"), UnitScale(1e3, "thousand"))
SIZES = (UnitScale(1e12, "TB"), UnitScale(1e9, "GB"), UnitScale(1e6, "MB"), UnitScale(1e3, "kB"))
DURATIONS = (UnitScale(1, "s"), UnitScale(1e-3, "ms"), UnitScale(1e-6, "µs"))
LEAST_THOUSANDS = 1e4  # smaller counts are written in full


def large(value: float) -> str:
    """A count in words, with three significant digits.

    >>> large(8.77e11), large(999_800), large(4_290), large(2e18)
    ('877\\xa0billion', '1\\xa0million', '4,290', '2\\xa0×\\xa010¹⁸')
    """
    if value < LEAST_THOUSANDS:
        return f"{value:,.0f}"
    if value >= LARGEST:
        digits, exponent = f"{value:.2e}".split("e")
        return f"{float(digits):g} × 10{str(int(exponent)).translate(RAISED)}".replace(" ", NO_BREAK)
    return _worded(value, COUNTS)


def size(value: float) -> str:
    """Bytes in decimal units, with three significant digits.

    >>> size(215_900), size(804)
    ('216\\xa0kB', '804\\xa0bytes')
    """
    return f"{value:,.0f}{NO_BREAK}bytes" if value < 1000 else _worded(value, SIZES)


def duration(seconds: float) -> str:
    """A time from microseconds to seconds, with three significant digits.

    >>> duration(0.00012345), duration(0.0021), duration(90)
    ('123\\xa0µs', '2.1\\xa0ms', '90\\xa0s')
    """
    return _worded(seconds, DURATIONS)


def scale(values: Iterable[float], scales: tuple[UnitScale, ...] = COUNTS) -> UnitScale:
    """The largest scale on which every value is at least 1.

    >>> scale([9.1e9, 8.77e11]).word, scale([300, 1e9]).word
    ('billion', '')
    """
    least = min(values)
    return next((option for option in scales if least >= option.size), PLAIN)


def _worded(value: float, scales: tuple[UnitScale, ...]) -> str:
    rounded = float(f"{value:.3g}")  # before the scale is chosen, so that 999.8 thousand becomes a million
    unit = scale([rounded], scales)
    return f"{rounded / unit.size:g}{NO_BREAK}{unit.word}"
