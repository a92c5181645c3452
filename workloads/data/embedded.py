"""Data sets that come with scikit-learn: the digits, and the digits at 28x28 as a stand-in for images to download."""

import numpy

from workloads.data.declared import DIGITS
from workloads.data.image_file import ImageArrays
from workloads.data.shuffle import shuffle

INK = 16  # the largest pixel value of the digits; the smallest is 0


def digits() -> ImageArrays:
    """The digits in their own size, 8x8 pixels from 0 to 16. The constant shuffle selects the test images."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images, labels = bunch.images.astype(numpy.uint8), bunch.target.astype(numpy.uint8)
    is_test = numpy.isin(numpy.arange(len(labels)), shuffle(len(labels))[: DIGITS.test])
    return ImageArrays(images[~is_test], labels[~is_test], images[is_test], labels[is_test])


def digits_28x28() -> ImageArrays:
    """The digits enlarged to 28x28 pixels from 0 to 255, with the same training and test split."""
    small = digits()
    train_images, test_images = _enlarge(small.train_images), _enlarge(small.test_images)
    return ImageArrays(train_images, small.train_labels, test_images, small.test_labels)


def _enlarge(images: numpy.ndarray) -> numpy.ndarray:
    """Bilinear interpolation with aligned pixel centres, (n, 8, 8) -> (n, 28, 28).

    The arithmetic is in integers, so the bytes are the same on every machine."""
    fourteenths = _weights_in_fourteenths()  # (28, 8)
    sums = fourteenths @ images.astype(numpy.int64) @ fourteenths.T  # 0 to INK x 14 x 14
    maximum = INK * 14 * 14
    return ((2 * 255 * sums + maximum) // (2 * maximum)).astype(numpy.uint8)


def _weights_in_fourteenths() -> numpy.ndarray:
    """The weight of each of 8 source pixels in each of 28 pixels, in units of 1/14.

    The centre of pixel i lies at (i + 1/2) 8/28 - 1/2 = (4 i - 5) / 14 on the source's axis."""
    weights = numpy.zeros((28, 8), numpy.int64)
    for pixel in range(28):
        left, share = divmod(4 * pixel - 5, 14)
        for source, part in ((left, 14 - share), (left + 1, share)):
            weights[pixel, min(max(source, 0), 7)] += part  # pixels beyond the edge repeat the edge
    return weights
