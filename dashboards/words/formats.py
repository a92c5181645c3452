"""Numbers as text: percent with two digits, differences in percentage points, thousands separated."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from math import exp

from dashboards.statistics.estimates import Estimate

NONE = "–"
MINUS = "−"


def level(sparsity: float) -> str:
    """A sparsity or a density in percent.

    Two digits after the point tell levels apart. More digits are shown where two would round to 100 %.

    >>> level(0.95), level(0.882351), level(0.99996)
    ('95 %', '88.24 %', '99.996 %')
    """
    digits = next(digits for digits in range(2, 16) if sparsity >= 1 or round(100 * sparsity, digits) < 100)
    return f"{round(100 * sparsity, digits):.15g} %"


def percent(share: float | None) -> str:
    """A fraction in percent.

    >>> percent(0.88914)
    '88.91 %'
    """
    return NONE if share is None else f"{100 * share:.2f} %"


def signed(value: float, digits: int = 2) -> str:
    """A number with a sign and `digits` digits after the point; zero has no sign.

    >>> signed(0.5), signed(-0.001), signed(-0.0152, 3)
    ('+0.50', '0.00', '−0.015')
    """
    text = f"{abs(value):,.{digits}f}"
    return text if float(text.replace(",", "")) == 0 else ("+" if value > 0 else MINUS) + text


def with_interval(estimates: Iterable[Estimate | None], confidence: float) -> str:
    """What a caption adds to a mean; empty where no estimate has an interval."""
    intervals = any(estimate and estimate.interval for estimate in estimates)
    return f" with its {level(confidence)} t-interval" if intervals else ""


def ends(estimate: Estimate | None, words: Callable[[float], str]) -> str:
    """The ends of an interval, each written by `words`."""
    if estimate is None or estimate.interval is None:
        return NONE
    low, high = estimate.interval
    return f"{words(low)} to {words(high)}"


def count(value: float | None) -> str:
    """A count with its thousands separated; a mean is rounded.

    >>> count(23520.0)
    '23,520'
    """
    return NONE if value is None else f"{value:,.0f}"


def compact(value: float) -> str:
    """A count in few characters.

    >>> compact(1.2e12), compact(23_520), compact(300)
    ('1.2T', '23.5k', '300')
    """
    for size, letter in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.0f}"


def times(estimate: Estimate) -> str:
    """A ratio and its interval, given the estimate of its logarithm.

    >>> times(Estimate(1, 0.0))
    '1.00'
    """
    interval = f" ({ends(estimate, lambda logarithm: f'{exp(logarithm):.2f}')})" if estimate.interval else ""
    return f"{exp(estimate.mean):.2f}{interval}"


def p_value(value: float | None) -> str:
    """A p-value with two digits; below 0.001 only that it is.

    >>> p_value(0.0412), p_value(2e-7)
    ('0.041', '<0.001')
    """
    return NONE if value is None else "<0.001" if value < 0.001 else f"{value:.2g}"


def seeds(numbers: Iterable[int]) -> str:
    """The numbers of seeds behind means, for a caption.

    >>> seeds([5, 3, 5]), seeds([2])
    ('n = 3 to 5', 'n = 2')
    """
    sizes = set(numbers)
    return f"n = {min(sizes)}" if len(sizes) == 1 else f"n = {min(sizes)} to {max(sizes)}"


def capital(sentence: str) -> str:
    """The sentence with a capital letter at its start.

    >>> capital("no verdict")
    'No verdict'
    """
    return sentence[:1].upper() + sentence[1:]


def listed(words: list[str]) -> str:
    """A list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def moment(milliseconds: float) -> str:
    """A date and time, given in milliseconds since 1970 as MLflow stores it.

    >>> moment(1_750_000_000_000)
    '2025-06-15 15:06 UTC'
    """
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def unbroken(sentence: str) -> str:
    """The sentence without line breaks between numbers and their units, and none in an interval.

    >>> unbroken("1.5 % with n = 5") == "1.5\u00a0% with n\u00a0=\u00a05"
    True
    >>> unbroken("−0.5 to +0.1 pp") == "−0.5\u00a0to\u00a0+0.1\u00a0pp"
    True
    """
    counted = re.sub(r"(?<=\d) (?=%|pp)|(?<=\bn) (?==)|(?<=\bn =) ", "\u00a0", sentence)
    return re.sub(r"(?<=\d) to (?=[+−]?\d)", "\u00a0to\u00a0", counted)
