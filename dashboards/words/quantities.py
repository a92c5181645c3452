"""Large counts and sizes in plain words: `500 million`, `20 kB`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NO_BREAK = "\N{NO-BREAK SPACE}"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LARGEST = 1e15  # from here on powers of ten say more than words


@dataclass(frozen=True)
class UnitScale:
    """One word for so many: a column of a table has one, so that its numbers can be compared and sorted."""

    size: float
    word: str

    def bare(self, value: float) -> str:
        """The value without the word, with three significant digits, and no fewer digits than a whole number has.

        >>> UnitScale(1e3, "kB").bare(1_066_400), UnitScale(1e3, "kB").bare(11_540)
        ('1,066', '11.5')
        """
        amount = float(f"{value / self.size:.3g}")
        return f"{value / self.size:,.0f}" if amount >= 1000 else f"{amount:g}"


ONE = UnitScale(1, "")
COUNTS = (UnitScale(1e12, "trillion"), UnitScale(1e9, "billion"), UnitScale(1e6, "million"), UnitScale(1e3, "thousand"))
SIZES = (UnitScale(1e12, "TB"), UnitScale(1e9, "GB"), UnitScale(1e6, "MB"), UnitScale(1e3, "kB"))
LEAST_THOUSANDS = 1e4  # below it a count stands in full


def large(value: float) -> str:
    """A number of things in words, to three significant digits.

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
    """Bytes in decimal units, to three significant digits.

    >>> size(215_900), size(804)
    ('216\\xa0kB', '804\\xa0bytes')
    """
    return f"{value:,.0f}{NO_BREAK}bytes" if value < 1000 else _worded(value, SIZES)


def scale(values: Iterable[float], scales: tuple[UnitScale, ...] = COUNTS) -> UnitScale:
    """The largest scale that leaves the least of the values at 1 or more.

    >>> scale([9.1e9, 8.77e11]).word, scale([300, 1e9]).word
    ('billion', '')
    """
    least = min(values)
    return next((one for one in scales if least >= one.size), ONE)


def _worded(value: float, scales: tuple[UnitScale, ...]) -> str:
    rounded = float(f"{value:.3g}")  # first, so that 999.8 thousand is a million
    unit = scale([rounded], scales)
    return f"{rounded / unit.size:g}{NO_BREAK}{unit.word}"
