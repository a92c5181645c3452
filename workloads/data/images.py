"""Image data sets as tensors: split and standardised."""

from __future__ import annotations

import math

import numpy
import torch

from workloads.data.declared import DeclaredImages
from workloads.data.shuffle import shuffle
from workloads.data.sources import Sources, read
from workloads.data.splits import DataSet, Split


def load(declared: DeclaredImages, sources: Sources, validation_size: int) -> DataSet:
    """The data set on the CPU, downloaded first if necessary. Training images keep their published order.

    A constant shuffle selects the validation images, which are therefore the same for every seed and method; a
    smaller selection is part of every larger one. `validation_size` is at least 0 and less than the number of training
    images. All images are standardised by the mean and standard deviation over the pixels of all training images,
    validation included, so that inputs do not depend on `validation_size`.
    Raises DataError.
    """
    arrays = read(declared, sources)
    mean, deviation = _moments(arrays.train_images)
    held_out = numpy.zeros(len(arrays.train_labels), bool)
    held_out[shuffle(len(held_out))[:validation_size]] = True

    def split(images: numpy.ndarray, labels: numpy.ndarray) -> Split:
        inputs = numpy.subtract(images[:, None], mean, dtype=numpy.float32)
        inputs /= deviation
        return Split(torch.from_numpy(inputs), torch.from_numpy(labels.astype(numpy.int64)))

    return DataSet(
        train=split(arrays.train_images[~held_out], arrays.train_labels[~held_out]),
        validation=split(arrays.train_images[held_out], arrays.train_labels[held_out]) if validation_size else None,
        test=split(arrays.test_images, arrays.test_labels),
        digest=arrays.digest,
    )


def _moments(images: numpy.ndarray) -> tuple[numpy.float32, numpy.float32]:
    """Mean and standard deviation over all pixels. The sums are integers, so they are the same on every machine."""
    histogram = torch.bincount(torch.from_numpy(images).flatten(), minlength=256)
    values = torch.arange(256)
    count, total, squares = images.size, int((histogram * values).sum()), int((histogram * values**2).sum())
    return numpy.float32(total / count), numpy.float32(math.sqrt(count * squares - total**2) / count)
