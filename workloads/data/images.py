"""Image data sets as tensors: split, standardised, ready to train on."""

from __future__ import annotations

import math

import numpy
import torch

from workloads.data.declared import DeclaredImages
from workloads.data.shuffle import shuffle
from workloads.data.sources import Sources, read
from workloads.data.splits import DataSet, Split


def load(declared: DeclaredImages, sources: Sources, validation_size: int) -> DataSet:
    """The data set on the CPU, fetched first where need be; the training images are in their published order.

    `validation_size`, from 0 to less than the training images, are set aside by a constant shuffle: the same
    for every seed and method, and a smaller choice is part of every larger one. All images are standardised by
    the mean and deviation of all training images' pixels, validation included, so that inputs do not depend
    on `validation_size`.
    Raises DataError.
    """
    found = read(declared, sources)
    mean, deviation = _moments(found.train_images)
    aside = numpy.zeros(len(found.train_labels), bool)
    aside[shuffle(len(aside))[:validation_size]] = True

    def split(images: numpy.ndarray, labels: numpy.ndarray) -> Split:
        inputs = numpy.subtract(images[:, None], mean, dtype=numpy.float32)
        inputs /= deviation
        return Split(torch.from_numpy(inputs), torch.from_numpy(labels.astype(numpy.int64)))

    return DataSet(
        train=split(found.train_images[~aside], found.train_labels[~aside]),
        validation=split(found.train_images[aside], found.train_labels[aside]) if validation_size else None,
        test=split(found.test_images, found.test_labels),
        digest=found.digest,
    )


def _moments(images: numpy.ndarray) -> tuple[numpy.float32, numpy.float32]:
    """Mean and deviation of all pixels; their sums are in whole numbers, so the same everywhere."""
    pixels = torch.bincount(torch.from_numpy(images).flatten(), minlength=256)  # of each value
    values = torch.arange(256)
    count, total, squares = images.size, int((pixels * values).sum()), int((pixels * values**2).sum())
    return numpy.float32(total / count), numpy.float32(math.sqrt(count * squares - total**2) / count)
