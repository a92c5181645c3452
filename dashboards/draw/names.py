"""Names of any length in figures: one line or two, with a gap in the middle of what is longer."""

from __future__ import annotations

from textwrap import wrap

from dashboards.draw.figures import text

LINES = 2


def shortened(name: str, width: int) -> str:
    """The name in one line of at most `width` characters, as Plotly shows it.

    >>> shortened("static_random erk, dense_layers first", 24)
    'static_rand…ayers first'
    """
    half = (width - 1) // 2
    return text(name if len(name) <= width else f"{name[:half].rstrip()}…{name[-half:].lstrip()}")


def two_lines(name: str, width: int) -> str:
    """The name in at most two lines of `width` characters, as Plotly shows them.

    Names differ at their ends more often than in their middle: that is where a long one is cut.

    >>> two_lines("static_random allocation erk", 20)
    'static_random<br>allocation erk'
    >>> two_lines("static_random allocation erk, dense_layers first", 14)
    'static_random…<br>…_layers first'
    """
    lines = wrap(name, width) or [""]
    if len(lines) > LINES:
        lines = [f"{name[: width - 1].rstrip()}…", f"…{name[1 - width :].lstrip()}"]
    return "<br>".join(text(line) for line in lines)
