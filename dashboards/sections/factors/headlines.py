"""Headlines have room for so many characters."""

LONGEST = 110


def fitting(*headlines: str) -> str:
    """The first headline that has room, in order of preference; the last one where none has.

    >>> fitting("x" * 111, "short")
    'short'
    """
    return next((headline for headline in headlines if len(headline) <= LONGEST), headlines[-1])
