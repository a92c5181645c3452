"""Headlines of limited length."""

LONGEST = 110  # characters


def fitting(*headlines: str) -> str:
    """The first headline that is short enough, in order of preference; otherwise the last one.

    >>> fitting("x" * 111, "short")
    'short'
    """
    return next((headline for headline in headlines if len(headline) <= LONGEST), headlines[-1])
