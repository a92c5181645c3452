"""A unit of time that depends on the machine as commands do: a loop of pure Python."""

import time

SQUARES = 5_000_000


def unit() -> float:
    """Seconds of 5 million squares: 0.3 on a fast machine."""
    begun = time.perf_counter()
    total = 0
    for number in range(SQUARES):
        total += number * number
    return time.perf_counter() - begun
