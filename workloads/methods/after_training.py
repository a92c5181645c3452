"""Pruning of a trained network from a sample of its inputs: the settings and the script of such methods."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Self

from pydantic import PositiveInt, model_validator

from workloads.bibliography import ROUX_2025
from workloads.methods.dense import Dense
from workloads.methods.method import Method
from workloads.methods.one_shot import OneShot
from workloads.references import Cites
from workloads.script.amounts import RowAllocation
from workloads.script.fine_tune import FineTune
from workloads.script.patterns import NOfM
from workloads.script.phases import Measure, Script, Train
from workloads.script.removals import SolveLayers
from workloads.script.solvers import AnySolver
from workloads.settings import Sparsity


class AfterTraining(Method, ABC):
    """A method that prunes a trained network layer by layer, from what each layer receives."""

    shares: ClassVar[RowAllocation]  # how a sparsity is shared out

    sparsity: Sparsity | None = None
    """The fraction of weights removed; given instead of `pattern`."""
    pattern: NOfM | None = None
    """Which weights stay together; given instead of `sparsity`."""
    examples: PositiveInt = 1000
    """The number of training examples in the sample; of a text, windows."""
    reconstruct: Annotated[bool | None, Cites((ROUX_2025,))] = None
    """Whether least squares then fits the remaining weights of each layer: to the outputs that the layer had with all
    of its weights. None means no."""
    fine_tune: FineTune | None = None
    """The training after pruning. None means none."""

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if (self.sparsity is None) == (self.pattern is None):
            raise ValueError("give either a sparsity or a pattern")
        return self

    @property
    @abstractmethod
    def solver(self) -> AnySolver:
        """How the weights that remain are chosen."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        removal = SolveLayers(
            solver=self.solver, to=self.sparsity, pattern=self.pattern, allocation=self.shares, examples=self.examples,
            reconstruct=bool(self.reconstruct),
        )  # fmt: skip
        tuning = () if self.fine_tune is None else (self.fine_tune.phase(steps, steps, epoch),)
        level = self.sparsity if self.pattern is None else self.pattern.sparsity
        return (Train(start=0, stop=steps), removal, *tuning, Measure(sparsity=level))

    def within(self, budget: int, epoch: int) -> tuple[int, Self]:
        """See Method. Fine-tuning gets its own length, or a fifth of the budget, and training the rest."""
        if self.fine_tune is None:
            return budget, self
        steps, fine_tune = self.fine_tune.within(budget, epoch)
        return steps, self.model_copy(update={"fine_tune": fine_tune})

    def twin(self) -> Method:
        """See Method. At sparsity 0 only the training is left."""
        return Dense() if self.fine_tune is None else OneShot(sparsity=0.0, fine_tune=self.fine_tune)
