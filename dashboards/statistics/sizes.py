"""When two networks have equal size."""

TOLERANCE = 0.02  # fraction of the smaller number: layers of whole units cannot have every number of weights


def equal_size(first: float, second: float) -> bool:
    """Whether two numbers of weights differ by at most TOLERANCE, so that their networks can be compared.

    >>> equal_size(1304, 1293), equal_size(100, 103)
    (True, False)
    """
    return abs(first - second) <= TOLERANCE * min(first, second)
