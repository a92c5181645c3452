"""Data sets that come with scikit-learn: the digits, and the same at 28x28 in place of images that must be fetched."""

import numpy

from workloads.data.declared import DIGITS
from workloads.data.prepared import Prepared
from workloads.data.shuffle import shuffle

INK = 16  # the digits' darkest pixel; the lightest is 0


def digits() -> Prepared:
    """The digits as they are, pixels 0 to 16; the test images are chosen by the constant shuffle."""
    from sklearn.datasets import load_digits

    published = load_digits()
    images, labels = published.images.astype(numpy.uint8), published.target.astype(numpy.uint8)
    tested = numpy.isin(numpy.arange(len(labels)), shuffle(len(labels))[: DIGITS.test])
    return Prepared(images[~tested], labels[~tested], images[tested], labels[tested])


def digits_28x28() -> Prepared:
    """The digits scaled to 28x28 pixels of 0 to 255, the same images for training and testing."""
    small = digits()
    return Prepared(_enlarged(small.train_images), small.train_labels, _enlarged(small.test_images), small.test_labels)


def _enlarged(images: numpy.ndarray) -> numpy.ndarray:
    """Bilinear, pixel centres aligned, (n, 8, 8) -> (n, 28, 28); in whole numbers, so the same bytes everywhere."""
    fourteenths = _weights_in_fourteenths()  # (28, 8)
    sums = fourteenths @ images.astype(numpy.int64) @ fourteenths.T  # 0 to INK x 14 x 14
    whole = INK * 14 * 14
    return ((2 * 255 * sums + whole) // (2 * whole)).astype(numpy.uint8)


def _weights_in_fourteenths() -> numpy.ndarray:
    """What each of 28 pixels takes of each of 8: its centre lies at (i + 1/2) 8/28 - 1/2 = (4 i - 5) / 14."""
    weights = numpy.zeros((28, 8), numpy.int64)
    for pixel in range(28):
        left, share = divmod(4 * pixel - 5, 14)
        for source, part in ((left, 14 - share), (left + 1, share)):
            weights[pixel, min(max(source, 0), 7)] += part  # beyond the edge the edge goes on
    return weights
