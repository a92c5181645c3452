"""Train, remove the smallest weights at once, fine-tune."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import NonNegativeFloat, PositiveInt, model_validator

from workloads.bibliography import HAN_2015, LEE_2021
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Cites, Reference
from workloads.script.amounts import Allocation
from workloads.script.fine_tune import FineTune
from workloads.script.phases import Cut, Measure, Prune, Script, Train
from workloads.settings import Sparsity


class OneShot(Method):
    """Train, remove the smallest weights at once, fine-tune the rest.

    One round of the method of Han et al. (2015).
    """

    references: ClassVar[tuple[Reference, ...]] = (HAN_2015,)

    name: Literal["one_shot"] = "one_shot"
    sparsity: Sparsity | None = None
    """The fraction of weights removed; given instead of `threshold`."""
    threshold: NonNegativeFloat | None = None
    """The smallest magnitude that remains, in standard deviations of the layer's weights; given instead of
    `sparsity` (Han et al. 2015)."""
    allocation: Allocation = "global"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform leaves the
    same fraction in each; erk leaves more in small layers."""
    scale: Annotated[Literal["none", "layer", "lamp"], Cites((LEE_2021,), "lamp")] = "none"
    """How magnitudes are scaled before layers are ranked together: not at all, by the layer's L2 norm, or by LAMP."""
    dense_steps: PositiveInt | None = None
    """The number of training steps before pruning. None means the whole training."""
    fine_tune: FineTune = FineTune()
    """The training after pruning."""

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if (self.sparsity is None) == (self.threshold is None):
            raise ValueError("one_shot needs either a sparsity or a threshold")
        if self.threshold is not None and (self.allocation, self.scale) != ("global", "none"):
            raise ValueError("a threshold alone decides which weights are removed; leave out allocation and scale")
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where dense_steps are more than the training has."""
        dense = steps if self.dense_steps is None else self.dense_steps
        if dense > steps:
            raise ValueError(f"dense_steps {dense} is more than the {steps} steps of the training; make it smaller")
        return (
            Train(start=0, stop=dense),
            self._removal(),
            self.fine_tune.phase(dense, steps, epoch),
            Measure(sparsity=self.sparsity),
        )

    def within(self, budget: int, epoch: int) -> tuple[int, Self]:
        """See Method. Fine-tuning gets its own length, or a fifth of the budget, and training the rest."""
        if self.dense_steps is not None:
            raise ValueError(
                f"dense_steps {self.dense_steps} and a budget both give the length of the training before pruning; "
                "leave one of them out"
            )
        steps, fine_tune = self.fine_tune.within(budget, epoch)
        return steps, self.model_copy(update={"fine_tune": fine_tune})

    def twin(self) -> Self:
        """See Method."""
        amount = "sparsity" if self.threshold is None else "threshold"
        return self.model_copy(update={amount: 0.0})

    def _removal(self) -> Prune | Cut:
        if self.threshold is not None:
            return Cut(threshold=self.threshold)
        return Prune(criterion=Magnitude(scale=self.scale), to=self.sparsity, allocation=self.allocation)
