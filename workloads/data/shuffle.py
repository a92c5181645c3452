"""The constant shuffle that selects validation and test examples."""

import numpy

SEED = 20170825  # the day Fashion-MNIST was published; any number would do, but it must never change


def shuffle(count: int) -> numpy.ndarray:
    """The numbers 0 to `count` - 1 in an order that depends on `count` alone, int64 (count,).

    The first `n` entries select `n` examples; a smaller selection is part of every larger one.
    """
    # RandomState's stream never changes (NEP 19); the streams of numpy's newer generators and of torch may.
    return numpy.random.RandomState(SEED).permutation(count).astype(numpy.int64)
