"""Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 60,000 + 10,000 pictures of clothes, 28x28, ten classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import PositiveInt

from workloads.data.declared import DIGITS_28X28, FASHION_MNIST, Declared
from workloads.models.widths import mlp_layers, narrowed
from workloads.training.settings import Adam, Cosine, Training
from workloads.workload import Layer, Workload

if TYPE_CHECKING:
    from torch import nn

    from workloads.data.images import Images
    from workloads.data.sources import Sources


class FashionMnistMlp(Workload):
    """A multi-layer perceptron with ReLU on Fashion-MNIST; by default LeNet-300-100's widths."""

    gpu_share: ClassVar[float] = 0.1

    name: Literal["fashion_mnist_mlp"] = "fashion_mnist_mlp"
    hidden: tuple[PositiveInt, ...] = (300, 100)  # widths, from input to output
    training: Training = Training(epochs=10, batch_size=128, optimizer=Adam(lr=1e-3), lr_schedule=Cosine())

    @classmethod
    def declared(cls, data: str) -> Declared:
        """See Workload."""
        return DIGITS_28X28 if data == "stand_in" else FASHION_MNIST

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        return mlp_layers(FASHION_MNIST.features, self.hidden, FASHION_MNIST.classes)

    def narrowed(self, weights: int) -> Self:
        """See Workload."""
        hidden = narrowed(FASHION_MNIST.features, self.hidden, FASHION_MNIST.classes, weights)
        return self.model_copy(update={"hidden": hidden})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.mlp import MLP

        return MLP(FASHION_MNIST.features, self.hidden, FASHION_MNIST.classes, seed, draw)

    def load(self, sources: Sources) -> Images:
        """See Workload."""
        from workloads.data.images import load

        return load(self.declared(self.data), sources, self.validation_size)
