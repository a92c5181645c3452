"""Image data sets as tensors: split, standardised, ready to train on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy
import torch

from workloads.data.declared import Declared
from workloads.data.shuffle import shuffle
from workloads.data.sources import Sources, read


@dataclass(frozen=True)
class Split:
    """Examples and what they are."""

    inputs: torch.Tensor  # float32 (n, 1, side, side), standardised
    targets: torch.Tensor  # int64 (n,), classes from 0

    def to(self, device: torch.device | str) -> Split:
        """The same on another device."""
        return Split(self.inputs.to(device), self.targets.to(device))


@dataclass(frozen=True)
class Images:
    """A whole data set."""

    train: Split  # without the validation images, in their published order
    validation: Split | None  # None where none were asked for
    test: Split
    digest: str  # SHA-256 of the data set's bytes, before splitting and standardising

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.test.targets.device

    def to(self, device: torch.device | str) -> Images:
        """The same on another device."""
        validation = self.validation and self.validation.to(device)
        return Images(self.train.to(device), validation, self.test.to(device), self.digest)


def load(declared: Declared, sources: Sources, validation_size: int) -> Images:
    """The data set on the CPU, fetched first where need be.

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

    return Images(
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
