"""The one constant shuffle by which examples are set aside."""

import numpy

SEED = 20170825  # the day Fashion-MNIST was published; any number would do, but it never changes


def shuffle(count: int) -> numpy.ndarray:
    """The numbers 0 to `count` - 1, int64 (count,), in an order that depends on nothing else.

    Its first `n` entries are a choice of `n` examples; a smaller choice is part of every larger one.
    """
    # RandomState's stream is frozen for good (NEP 19); neither numpy's newer generators nor torch's are.
    return numpy.random.RandomState(SEED).permutation(count).astype(numpy.int64)
