"""What is known of each data set without reading it, so that planning needs no data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Declared:
    """A data set by name and version; a new version means new figures, and so new trials."""

    identity: str  # name@version: enters every trial's key
    train: int  # examples, validation included
    test: int
    features: int  # numbers per example
    classes: int
    validation: int  # examples of the training set set aside unless asked otherwise


FASHION_MNIST = Declared("fashion-mnist@1", train=60_000, test=10_000, features=784, classes=10, validation=5_000)
DIGITS = Declared("digits@1", train=1_497, test=300, features=64, classes=10, validation=200)
DIGITS_28X28 = Declared("digits-28x28@1", train=1_497, test=300, features=784, classes=10, validation=200)
