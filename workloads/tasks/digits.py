"""scikit-learn's handwritten digits (Alpaydin & Kaynak 1998): 1,797 images of 8x8 pixels. A run takes seconds."""

from typing import ClassVar, Literal

from pydantic import NonNegativeInt, PositiveInt

from workloads.bibliography import ALPAYDIN_1998
from workloads.data.declared import DIGITS, DeclaredImages
from workloads.references import Reference
from workloads.script.training import Adam, CosineLr, MeasureSettings, Training
from workloads.tasks.perceptron import Perceptron


class DigitsMlp(Perceptron):
    """A small perceptron on 8x8 digits, for a first try without a download."""

    references: ClassVar[tuple[Reference, ...]] = (ALPAYDIN_1998,)

    gpu_share: ClassVar[float] = 0.1

    name: Literal["digits_mlp"] = "digits_mlp"
    data: Literal["real"] = "real"
    """The data set. It comes with scikit-learn, so there is no stand-in."""
    validation_size: NonNegativeInt = DIGITS.validation
    hidden: tuple[PositiveInt, ...] = (64, 32)
    training: Training = Training(epochs=30, batch_size=32, optimizer=Adam(lr=2e-3), lr_schedule=CosineLr())
    measure: MeasureSettings = MeasureSettings(evaluate_every=60, probe=500)

    @classmethod
    def declared(cls, data: str) -> DeclaredImages:
        """See Workload."""
        del data  # the digits need no stand-in
        return DIGITS
