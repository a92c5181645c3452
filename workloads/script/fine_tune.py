"""The training after pruning: its length and its learning rate."""

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from workloads.bibliography import RENDA_2020
from workloads.references import Cites
from workloads.script.phases import Train
from workloads.settings import Settings


class FineTune(Settings):
    """The training after pruning. Its default length is a quarter of the training steps."""

    epochs: NonNegativeFloat | None = None
    """The length, in passes over the training split; given instead of `steps`."""
    steps: NonNegativeInt | None = None
    """The length, in optimizer steps; given instead of `epochs`."""
    lr: Annotated[Literal["rewind", "last"] | PositiveFloat, Cites((RENDA_2020,), "rewind")] = "rewind"
    """The learning rate. Rewind repeats the last part of the schedule, last keeps the schedule's final value, and a
    number is a constant. Rewind is the default since it recovers more accuracy (Renda et al. 2020)."""

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if self.epochs is not None and self.steps is not None:
            raise ValueError("give either epochs or steps of fine_tune")
        return self

    def phase(self, trained: int, steps: int, epoch: int) -> Train:
        """The training after `trained` steps, for a whole training of `steps` steps with `epoch` in each epoch.

        `rewind` repeats the last positions of the training, with their batches and learning rates. Any other learning
        rate is constant, and the batches continue where training stopped.
        Raises ValueError where `rewind` asks for more positions than the training has.
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

    def within(self, budget: int, epoch: int, dense_steps: int | None = None) -> tuple[int, Self]:
        """The steps of the training before, and these settings with a length such that both take `budget` steps.

        The default, a quarter of the training, is a fifth of the budget. It becomes an explicit number of steps only
        where rounding would make it miss the budget. Raises ValueError where nothing is left for the training, or where
        `dense_steps` give its length already.
        """
        if dense_steps is not None:
            raise ValueError(
                f"dense_steps {dense_steps} and a budget both give the length of the training before pruning; "
                "leave one of them out"
            )
        own = self.epochs is None and self.steps is None
        length = round(Fraction(budget, 5)) if own else self._length(budget, epoch)
        trained = budget - length
        if trained <= 0:
            raise ValueError(
                f"fine_tune takes {length:,} steps and the budget is {budget:,}, so none are left for the training "
                "before; make fine_tune shorter or the budget larger"
            )
        exact = self._length(trained, epoch) == length
        return trained, self if exact else self.model_copy(update={"steps": length})

    def after(self, dense_steps: int | None, steps: int, epoch: int) -> tuple[Train, Train]:
        """The training before the pruning, of `dense_steps` or else all `steps`, and the one after it.

        Raises ValueError as `phase`, and where dense_steps are more than the training has."""
        dense = steps if dense_steps is None else dense_steps
        if dense > steps:
            raise ValueError(f"dense_steps {dense} is more than the {steps} steps of the training; make it smaller")
        return Train(start=0, stop=dense), self.phase(dense, steps, epoch)

    def _length(self, steps: int, epoch: int) -> int:
        if self.steps is not None:
            return self.steps
        return round(Fraction(str(self.epochs)) * epoch) if self.epochs is not None else round(Fraction(steps, 4))
