"""Text that fits into a terminal's columns."""

import textwrap


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` characters, both ends kept: trials differ in their method and in their seed.

    >>> shortened("static_random sparsity=0.5 seed=12", 21)
    'static_ran….5 seed=12'
    """
    if len(text) <= width:
        return text
    tail = max(0, width - 1) // 2
    return f"{text[: max(0, width - 1 - tail)]}…{text[len(text) - tail :]}"


def folded(text: str, width: int) -> str:
    """`text` with every line broken between words at `width` columns; a longer word, such as a path, stays whole.

    >>> print(folded("2 failed: the loss is nan\\n    a/log.txt", 16))
    2 failed: the
      loss is nan
        a/log.txt
    """
    wrapped = (_wrapped(line, width) if len(line) > width else line for line in text.split("\n"))
    return "\n".join(wrapped)


def _wrapped(line: str, width: int) -> str:
    margin = " " * (len(line) - len(line.lstrip()))
    lines = textwrap.wrap(
        line.strip(), width, initial_indent=margin, subsequent_indent=f"{margin}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines)
