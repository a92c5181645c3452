"""Training on after pruning: how long, and with which learning rate."""

from fractions import Fraction
from typing import Literal, Self

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from workloads.script.phases import Train
from workloads.settings import Settings


class FineTune(Settings):
    """Unless `epochs` or `steps` say otherwise, a quarter of the training steps."""

    epochs: NonNegativeFloat | None = None
    steps: NonNegativeInt | None = None
    lr: Literal["rewind", "last"] | PositiveFloat = "rewind"

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if self.epochs is not None and self.steps is not None:
            raise ValueError("give either epochs or steps of fine_tune")
        return self

    def phase(self, trained: int, steps: int, epoch: int) -> Train:
        """The training after `trained` steps, where a whole training has `steps` and an epoch `epoch`.

        `rewind` repeats the last positions of the training, batches and learning rate alike; any other learning
        rate is constant and goes on where training stopped.
        Raises ValueError where there are fewer positions than are to be repeated.
        """
        length = self._length(steps, epoch)
        if self.lr != "rewind":
            return Train(start=trained, stop=trained + length, lr=self.lr)
        if length > steps:
            raise ValueError(
                f"fine_tune.lr: rewind cannot repeat {length} steps of a training that has {steps}; "
                "make fine_tune shorter, or give its lr as a number"
            )
        return Train(start=steps - length, stop=steps)

    def _length(self, steps: int, epoch: int) -> int:
        if self.steps is not None:
            return self.steps
        return round(Fraction(str(self.epochs)) * epoch) if self.epochs is not None else round(Fraction(steps, 4))
