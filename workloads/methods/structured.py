"""Train, remove whole units, shrink the network, fine-tune."""

from typing import ClassVar, Literal, Self

from pydantic import PositiveInt, model_validator

from workloads.bibliography import FANG_2023, LI_2017
from workloads.methods.method import Method
from workloads.pruning.unit_criteria import UnitL2
from workloads.references import Reference
from workloads.script.amounts import UnitAllocation
from workloads.script.criteria import AnyUnitCriterion
from workloads.script.fine_tune import FineTune
from workloads.script.phases import Measure, Phase, Script, Shrink
from workloads.script.removals import RemoveUnits
from workloads.settings import Sparsity


class Structured(Method):
    """Train, remove neurons, channels and heads at once, fine-tune the smaller network.

    Li et al. (2017) remove filters in this way; Fang et al. (2023) say which weights go with a unit.
    """

    references: ClassVar[tuple[Reference, ...]] = (LI_2017, FANG_2023)

    name: Literal["structured"] = "structured"
    ratio: Sparsity | None = None
    """The fraction of units removed; given instead of `sparsity`. A weight stays if both of its units do, so removing
    half of the units removes up to three quarters of the weights."""
    sparsity: Sparsity | None = None
    """The fraction of weights removed; given instead of `ratio`. As many units stay in each block as in the narrower
    network of small_dense, but for GPT-2, whose residual stream keeps its width here."""
    criterion: AnyUnitCriterion = UnitL2()
    """The score of a unit: units with the highest scores stay."""
    allocation: UnitAllocation = "uniform"
    """How the remaining units are shared out among the blocks. Uniform leaves the same fraction in each; global ranks
    all units together, by their scores divided by the mean score of their block. Global needs a ratio."""
    shrink: bool | None = None
    """Whether dead units are taken out of the network, so that it gets smaller and faster. Their zeros stay otherwise.
    None means yes."""
    dense_steps: PositiveInt | None = None
    """The number of training steps before pruning. None means the whole training."""
    fine_tune: FineTune = FineTune()
    """The training after pruning."""

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if (self.ratio is None) == (self.sparsity is None):
            raise ValueError("structured needs either a ratio of units or a sparsity")
        self._removal()  # raises where allocation and amount do not fit together
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where dense_steps are more than the training has."""
        training, tuning = self.fine_tune.after(self.dense_steps, steps, epoch)
        removal = self._removal()
        shrinking: tuple[Phase, ...] = (Shrink(),) if removal.changes and self.shrink is not False else ()
        return (
            training,
            removal,
            *shrinking,
            tuning,
            Measure(sparsity=self.sparsity),
        )

    def within(self, budget: int, epoch: int) -> tuple[int, Self]:
        """See Method. Fine-tuning gets its own length, or a fifth of the budget, and training the rest."""
        steps, fine_tune = self.fine_tune.within(budget, epoch, self.dense_steps)
        return steps, self.model_copy(update={"fine_tune": fine_tune})

    def twin(self) -> Self:
        """See Method."""
        amount = "sparsity" if self.ratio is None else "ratio"
        return self.model_copy(update={amount: 0.0})

    def _removal(self) -> RemoveUnits:
        return RemoveUnits(criterion=self.criterion, ratio=self.ratio, to=self.sparsity, allocation=self.allocation)
