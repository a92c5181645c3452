"""Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 60,000 + 10,000 images of clothes, 28x28 pixels, ten classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from workloads.bibliography import IOFFE_2015, XIAO_2017
from workloads.data.declared import DIGITS_28X28, FASHION_MNIST, DeclaredImages
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, chain_units
from workloads.models.widths import cnn_layers
from workloads.references import Cites, Reference
from workloads.script.training import Adam, CosineLr, Training
from workloads.tasks.classifier import Classifier
from workloads.tasks.perceptron import Perceptron

if TYPE_CHECKING:
    from torch import nn


class FashionMnistMlp(Perceptron):
    """A perceptron on Fashion-MNIST, by default LeNet-300-100."""

    references: ClassVar[tuple[Reference, ...]] = (XIAO_2017,)

    gpu_share: ClassVar[float] = 0.1

    name: Literal["fashion_mnist_mlp"] = "fashion_mnist_mlp"
    validation_size: NonNegativeInt = FASHION_MNIST.validation
    hidden: tuple[PositiveInt, ...] = (300, 100)
    """The width of each hidden layer, from input to output, in units. The default is LeNet-300-100 (LeCun et al. 1998).
    """
    training: Training = Training(epochs=10, batch_size=128, optimizer=Adam(lr=1e-3), lr_schedule=CosineLr())

    @classmethod
    def declared(cls, data: str) -> DeclaredImages:
        """See Workload."""
        return DIGITS_28X28 if data == "stand_in" else FASHION_MNIST


class FashionMnistCnn(Classifier):
    """A small convolutional network on Fashion-MNIST.

    Blocks of convolution, ReLU and max-pooling, then a perceptron.
    """

    references: ClassVar[tuple[Reference, ...]] = (XIAO_2017,)

    gpu_share: ClassVar[float] = 0.2

    name: Literal["fashion_mnist_cnn"] = "fashion_mnist_cnn"
    validation_size: NonNegativeInt = FASHION_MNIST.validation
    channels: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (32, 64)
    """The number of channels of each block, from input to output."""
    kernel: PositiveInt = 3
    """The side of the convolution windows, in pixels; odd."""
    pool: PositiveInt = 2
    """The side of the max-pooling window after each block, in pixels. 1 means no pooling."""
    batch_norm: Annotated[bool, Cites((IOFFE_2015,))] = False
    """Whether batch normalisation stands between each convolution and its ReLU."""
    hidden: tuple[PositiveInt, ...] = (128,)
    """The width of each hidden layer after the blocks, from input to output, in units."""
    training: Training = Training(epochs=10, batch_size=128, optimizer=Adam(lr=1e-3), lr_schedule=CosineLr())

    @model_validator(mode="after")
    def _shapes_fit(self) -> Self:
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel} is even, and a window needs a middle; use e.g. {self.kernel + 1}")
        _ = self.layers  # raises where a block pools the image to nothing
        return self

    @classmethod
    def declared(cls, data: str) -> DeclaredImages:
        """See Workload."""
        return DIGITS_28X28 if data == "stand_in" else FASHION_MNIST

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        data = self.declared(self.data)
        return cnn_layers(data.features, self.channels, self.kernel, self.pool, self.hidden, data.classes)

    def units(self) -> tuple[BlockUnits, ...]:
        """See Workload."""
        return chain_units(self.layers, self.batch_norm)

    def with_units(self, counts: Sequence[int]) -> Self:
        """See Workload."""
        blocks = len(self.channels)
        return self.model_copy(update={"channels": tuple(counts[:blocks]), "hidden": tuple(counts[blocks:])})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.cnn import cnn
        from workloads.randomness import generator

        data = self.declared(self.data)
        return cnn(data.features, self.channels, self.kernel, self.pool, self.batch_norm, self.hidden, data.classes,
                   generator(seed, "weights", draw))  # fmt: skip
