"""scikit-learn's handwritten digits (Alpaydin & Kaynak 1998): 1,797 pictures, 8x8. No network, seconds a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import PositiveInt

from workloads.data.declared import DIGITS, Declared
from workloads.models.widths import mlp_layers, narrowed
from workloads.training.settings import Adam, Cosine, Measure, Training
from workloads.workload import Layer, Workload

if TYPE_CHECKING:
    from torch import nn

    from workloads.data.images import Images
    from workloads.data.sources import Sources


class DigitsMlp(Workload):
    """A small multi-layer perceptron with ReLU on the digits: for a first look and for tests on real data."""

    gpu_share: ClassVar[float] = 0.1

    name: Literal["digits_mlp"] = "digits_mlp"
    data: Literal["real"] = "real"
    hidden: tuple[PositiveInt, ...] = (64, 32)  # widths, from input to output
    training: Training = Training(epochs=30, batch_size=32, optimizer=Adam(lr=2e-3), lr_schedule=Cosine())
    measure: Measure = Measure(evaluate_every=60, probe=500)

    @classmethod
    def declared(cls, data: str) -> Declared:
        """See Workload."""
        del data  # the digits need no stand-in
        return DIGITS

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        return mlp_layers(DIGITS.features, self.hidden, DIGITS.classes)

    def narrowed(self, weights: int) -> Self:
        """See Workload."""
        return self.model_copy(update={"hidden": narrowed(DIGITS.features, self.hidden, DIGITS.classes, weights)})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.mlp import MLP

        return MLP(DIGITS.features, self.hidden, DIGITS.classes, seed, draw)

    def load(self, sources: Sources) -> Images:
        """See Workload."""
        from workloads.data.images import load

        return load(DIGITS, sources, self.validation_size)
