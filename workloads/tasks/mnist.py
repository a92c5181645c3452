"""MNIST (LeCun, Cortes & Burges 1998): 60,000 + 10,000 handwritten digits, 28x28, ten classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from workloads.bibliography import LECUN_1998
from workloads.data.declared import DIGITS_28X28, MNIST, DeclaredImages
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, chain_units
from workloads.models.widths import cnn_layers, mlp_layers, narrowed
from workloads.references import Reference
from workloads.script.training import Adam, ConstantLr, Training
from workloads.tasks.classifier import Classifier

if TYPE_CHECKING:
    from torch import nn

WIDTHS = {"lenet_300_100": (300, 100), "lenet_5": (20, 50, 500)}  # from input to output
BLOCKS = 2  # of LeNet-5's layers, that are a convolution and a pooling
KERNEL = 5  # side of its convolutions' windows, which are not padded
POOL = 2  # side of its max-pooling windows


class MnistLenet(Classifier):
    """LeNet-300-100 or LeNet-5 on MNIST: the networks that papers on pruning began with.

    LeNet-300-100 is a perceptron (LeCun et al. 1998). LeNet-5 has the sizes of Caffe's, not of the original: two
    blocks of convolution and max-pooling, then a perceptron. ReLU follows every layer but the last; Caffe's has it
    only between the two Linear layers.
    """

    references: ClassVar[tuple[Reference, ...]] = (LECUN_1998,)

    gpu_share: ClassVar[float] = 0.1

    name: Literal["mnist_lenet"] = "mnist_lenet"
    validation_size: NonNegativeInt = MNIST.validation
    architecture: Literal["lenet_300_100", "lenet_5"] = "lenet_300_100"
    init: Literal["default", "glorot_normal"] = "default"  # torch's own, or Glorot & Bengio's with zero biases
    widths: tuple[PositiveInt, ...] | None = None  # of channels, then of hidden layers; None: the architecture's own
    training: Training = Training(epochs=10, batch_size=64, optimizer=Adam(lr=1e-3), lr_schedule=ConstantLr())

    @model_validator(mode="after")
    def _widths_fit(self) -> Self:
        own = WIDTHS[self.architecture]
        if self.widths is not None and len(self.widths) != len(own):
            raise ValueError(f"widths {list(self.widths)} are {len(self.widths)} and {self.architecture} has "
                             f"{len(own)}; its own are {list(own)}")  # fmt: skip
        return self

    @classmethod
    def declared(cls, data: str) -> DeclaredImages:
        """See Workload."""
        return DIGITS_28X28 if data == "stand_in" else MNIST

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        return self._layers(self._widths)

    def units(self) -> tuple[BlockUnits, ...]:
        """See Workload."""
        return chain_units(self.layers)

    def narrowed(self, weights: int) -> Self:
        """See Workload."""

        def size(widths: tuple[int, ...]) -> int:
            return sum(layer.size for layer in self._layers(widths))

        return self.model_copy(update={"widths": narrowed(self._widths, size, weights)})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.cnn import cnn
        from workloads.models.mlp import mlp
        from workloads.randomness import generator

        data, widths, drawn = self.declared(self.data), self._widths, generator(seed, "weights", draw)
        if self.architecture == "lenet_300_100":
            return mlp(data.features, widths, data.classes, drawn, self.init)
        return cnn(data.features, widths[:BLOCKS], KERNEL, POOL, False, widths[BLOCKS:], data.classes, drawn,
                   self.init, padded=False)  # fmt: skip

    @property
    def _widths(self) -> tuple[int, ...]:
        return self.widths or WIDTHS[self.architecture]

    def _layers(self, widths: tuple[int, ...]) -> tuple[Layer, ...]:
        data = self.declared(self.data)
        if self.architecture == "lenet_300_100":
            return mlp_layers(data.features, widths, data.classes)
        return cnn_layers(data.features, widths[:BLOCKS], KERNEL, POOL, widths[BLOCKS:], data.classes, padded=False)
