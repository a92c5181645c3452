"""Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 60,000 + 10,000 pictures of clothes, 28x28, ten classes."""

from typing import ClassVar, Literal

from pydantic import NonNegativeInt, PositiveInt

from workloads.data.declared import DIGITS_28X28, FASHION_MNIST, Declared
from workloads.perceptron import Perceptron
from workloads.training.settings import Adam, Cosine, Training


class FashionMnistMlp(Perceptron):
    """A multi-layer perceptron on Fashion-MNIST; by default LeNet-300-100's widths."""

    gpu_share: ClassVar[float] = 0.1

    name: Literal["fashion_mnist_mlp"] = "fashion_mnist_mlp"
    validation_size: NonNegativeInt = FASHION_MNIST.validation
    hidden: tuple[PositiveInt, ...] = (300, 100)
    training: Training = Training(epochs=10, batch_size=128, optimizer=Adam(lr=1e-3), lr_schedule=Cosine())

    @classmethod
    def declared(cls, data: str) -> Declared:
        """See Workload."""
        return DIGITS_28X28 if data == "stand_in" else FASHION_MNIST
