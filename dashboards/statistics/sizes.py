"""When two networks are of equal size."""

TOLERANCE = 0.02  # of the smaller one: layers of whole units cannot have every number of weights


def equal_size(ours: float, theirs: float) -> bool:
    """Whether two numbers of weights that are not zero are so near that their networks can be compared.

    >>> equal_size(1304, 1293), equal_size(100, 103)
    (True, False)
    """
    return abs(ours - theirs) <= TOLERANCE * min(ours, theirs)
