"""Short numbers and names for headlines: two digits, few characters."""

from __future__ import annotations

LONGEST = 110  # characters of a headline


def name(label: str, most: int = 32) -> str:
    """A name of at most `most` characters: it loses its middle, since names often differ only at the end.

    >>> name("gradual"), name("static_random allocation erk", 12)
    ('gradual', 'static…n erk')
    """
    half = most // 2
    return label if len(label) <= most else f"{label[:half]}…{label[half + 1 - most :]}"


def share(fraction: float) -> str:
    """A fraction in percent with two digits.

    >>> share(0.0908), share(0.116), share(0.00525), share(1.0), share(0.0)
    ('9.1 %', '12 %', '0.53 %', '100 %', '0 %')
    """
    return f"{bare_share(fraction)} %"


def bare_share(fraction: float) -> str:
    """A fraction in percent without the unit.

    >>> bare_share(0.0000012)
    '0.00012'
    """
    percent = 100 * fraction
    if percent >= 9.95 or percent == 0:
        return f"{percent:.0f}"
    return f"{float(f'{percent:.2g}'):.12f}".rstrip("0").rstrip(".")  # small numbers without an exponent


def left(sparsity: float) -> str:
    """The weights that a sparsity leaves, in percent.

    >>> left(0.95), left(0.5), left(0.882351), left(0.9996)
    ('5 %', '50 %', '11.8 %', '0.04 %')
    """
    return f"{100 * round(1 - sparsity, 12):.3g} %"


def factor(ratio: float) -> str:
    """A ratio with two digits.

    >>> factor(1.304), factor(0.5), factor(12.6), factor(0.0316)
    ('1.3', '0.5', '13', '0.032')
    """
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def fitting(parts: list[str], lead: str = "", joint: str = "; ", most: int = LONGEST) -> str:
    """The first part, and each further part that still has room in a headline of `most` characters.

    >>> fitting(["a" * 60, "b" * 60])[-3:]
    'aaa'
    """
    sentence = lead + parts[0]
    for part in parts[1:]:
        if len(sentence) + len(joint) + len(part) <= most:
            sentence += joint + part
    return sentence
