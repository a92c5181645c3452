"""MNIST (LeCun, Cortes & Burges 1998): 60,000 + 10,000 handwritten digits, 28x28 pixels, ten classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from workloads.bibliography import GLOROT_2010, LECUN_1998
from workloads.data.declared import DIGITS_28X28, MNIST, DeclaredImages
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, chain_units
from workloads.models.widths import cnn_layers, mlp_layers
from workloads.references import Cites, Reference
from workloads.script.training import Adam, ConstantLr, Training
from workloads.tasks.classifier import Classifier

if TYPE_CHECKING:
    from torch import nn

WIDTHS = {"lenet_300_100": (300, 100), "lenet_5": (20, 50, 500)}  # from input to output
BLOCKS = 2  # LeNet-5's blocks of convolution and pooling
KERNEL = 5  # the side of its convolution windows, without padding
POOL = 2  # the side of its max-pooling windows


class MnistLenet(Classifier):
    """LeNet-300-100 or LeNet-5 on MNIST, the networks of the first papers on pruning.

    LeNet-300-100 is a perceptron (LeCun et al. 1998). LeNet-5 has the sizes of Caffe's version, not of the original:
    two blocks of convolution and max-pooling, then a perceptron. ReLU follows every layer but the last; Caffe has ReLU
    only between the two linear layers.
    """

    references: ClassVar[tuple[Reference, ...]] = (LECUN_1998,)

    gpu_share: ClassVar[float] = 0.1

    name: Literal["mnist_lenet"] = "mnist_lenet"
    validation_size: NonNegativeInt = MNIST.validation
    architecture: Literal["lenet_300_100", "lenet_5"] = "lenet_300_100"
    """The network: a perceptron (LeNet-300-100) or a convolutional network (LeNet-5)."""
    init: Annotated[Literal["default", "glorot_normal"], Cites((GLOROT_2010,), "glorot_normal")] = "default"
    """How the first weights are drawn: as torch does, or normal with zero biases (Glorot & Bengio 2010)."""
    widths: tuple[PositiveInt, ...] | None = None
    """The number of channels of each block, then the width of each hidden layer. None means those of the architecture.
    """
    training: Training = Training(epochs=10, batch_size=64, optimizer=Adam(lr=1e-3), lr_schedule=ConstantLr())

    @model_validator(mode="after")
    def _widths_fit(self) -> Self:
        default = WIDTHS[self.architecture]
        if self.widths is not None and len(self.widths) != len(default):
            raise ValueError(f"widths {list(self.widths)} are {len(self.widths)}, and {self.architecture} has "
                             f"{len(default)}; its default is {list(default)}")  # fmt: skip
        return self

    @classmethod
    def declared(cls, data: str) -> DeclaredImages:
        """See Workload."""
        return DIGITS_28X28 if data == "stand_in" else MNIST

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        data, widths = self.declared(self.data), self._widths
        if self.architecture == "lenet_300_100":
            return mlp_layers(data.features, widths, data.classes)
        return cnn_layers(data.features, widths[:BLOCKS], KERNEL, POOL, widths[BLOCKS:], data.classes, padded=False)

    def units(self) -> tuple[BlockUnits, ...]:
        """See Workload."""
        return chain_units(self.layers)

    def with_units(self, counts: Sequence[int]) -> Self:
        """See Workload."""
        return self.model_copy(update={"widths": tuple(counts)})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.cnn import cnn
        from workloads.models.mlp import mlp
        from workloads.randomness import generator

        data, widths, random = self.declared(self.data), self._widths, generator(seed, "weights", draw)
        if self.architecture == "lenet_300_100":
            return mlp(data.features, widths, data.classes, random, self.init)
        return cnn(data.features, widths[:BLOCKS], KERNEL, POOL, False, widths[BLOCKS:], data.classes, random,
                   self.init, padded=False)  # fmt: skip

    @property
    def _widths(self) -> tuple[int, ...]:
        return self.widths or WIDTHS[self.architecture]
