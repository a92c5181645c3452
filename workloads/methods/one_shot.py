"""Train, remove the weights with the lowest scores at once, fine-tune."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import NonNegativeFloat, PositiveInt, model_validator

from workloads.bibliography import HAN_2015, LEE_2021, ROUX_2025
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Cites, Reference
from workloads.script.amounts import RowAllocation
from workloads.script.criteria import AnyCriterion
from workloads.script.fine_tune import FineTune
from workloads.script.patterns import NOfM
from workloads.script.phases import Measure, Script
from workloads.script.removals import Cut, Prune, SolveLayers
from workloads.script.solvers import CriterionSolver
from workloads.settings import Sparsity

EXAMPLES = 1000  # that layers are fitted to


class OneShot(Method):
    """Train, remove the smallest weights at once, fine-tune the rest.

    One round of the method of Han et al. (2015).
    """

    references: ClassVar[tuple[Reference, ...]] = (HAN_2015,)

    name: Literal["one_shot"] = "one_shot"
    sparsity: Sparsity | None = None
    """The fraction of weights removed; given instead of `pattern` and `threshold`."""
    pattern: NOfM | None = None
    """Which weights stay together; given instead of `sparsity` and `threshold`."""
    threshold: NonNegativeFloat | None = None
    """The smallest magnitude that remains, in standard deviations of the layer's weights; given instead of
    `sparsity` (Han et al. 2015)."""
    criterion: AnyCriterion | None = None
    """The score that decides which weights remain. None means magnitude."""
    allocation: RowAllocation = "global"
    """How the remaining weights are shared out. Global ranks all layers together; uniform leaves the same fraction in
    each; erk leaves more in small layers; per_row leaves the same fraction of the inputs of each output."""
    scale: Annotated[Literal["none", "layer", "lamp"], Cites((LEE_2021,), "lamp")] = "none"
    """How magnitudes are scaled before layers are ranked together: not at all, by the layer's L2 norm, or by LAMP."""
    reconstruct: Annotated[bool | None, Cites((ROUX_2025,))] = None
    """Whether least squares then fits the remaining weights of each layer: to the outputs that the layer had with all
    of its weights. None means no."""
    examples: PositiveInt | None = None
    """The number of training examples that `reconstruct` fits to; of a text, windows. None means 1,000."""
    dense_steps: PositiveInt | None = None
    """The number of training steps before pruning. None means the whole training."""
    fine_tune: FineTune = FineTune()
    """The training after pruning."""

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if sum(amount is not None for amount in (self.sparsity, self.pattern, self.threshold)) != 1:
            raise ValueError("one_shot needs either a sparsity, a pattern or a threshold")
        if self.pattern is not None and self.allocation != "global":
            raise ValueError("a pattern alone decides how many weights remain where; leave out allocation")
        return self

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if self.criterion is not None and self.scale != "none":
            raise ValueError("criterion replaces the magnitudes that scale refers to; use criterion: {name: magnitude, "
                             f"scale: {self.scale}}}")  # fmt: skip
        chosen = (self.allocation, self.scale, self.criterion, self.reconstruct)
        if self.threshold is not None and chosen != ("global", "none", None, None):
            raise ValueError("a threshold alone decides which weights are removed; leave out allocation, scale, "
                             "criterion and reconstruct")  # fmt: skip
        if self.examples is not None and not self.reconstruct:
            raise ValueError("examples are those that reconstruct fits to; add reconstruct: true or leave them out")
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where dense_steps are more than the training has."""
        training, tuning = self.fine_tune.after(self.dense_steps, steps, epoch)
        return (
            training,
            self._removal(),
            tuning,
            Measure(sparsity=self.sparsity if self.pattern is None else self.pattern.sparsity),
        )

    def within(self, budget: int, epoch: int) -> tuple[int, Self]:
        """See Method. Fine-tuning gets its own length, or a fifth of the budget, and training the rest."""
        steps, fine_tune = self.fine_tune.within(budget, epoch, self.dense_steps)
        return steps, self.model_copy(update={"fine_tune": fine_tune})

    def twin(self) -> Self:
        """See Method."""
        if self.threshold is not None:
            return self.model_copy(update={"threshold": 0.0})
        nothing = {"sparsity": 0.0, "pattern": None, "criterion": None, "reconstruct": None, "examples": None}
        return self.model_copy(update=nothing)

    def _removal(self) -> Prune | SolveLayers | Cut:
        if self.threshold is not None:
            return Cut(threshold=self.threshold)
        criterion = self.criterion or Magnitude(scale=self.scale)
        if not self.reconstruct:
            return Prune(criterion=criterion, to=self.sparsity, pattern=self.pattern, allocation=self.allocation)
        return SolveLayers(
            solver=CriterionSolver(criterion=criterion), to=self.sparsity, pattern=self.pattern,
            allocation=self.allocation, examples=self.examples or EXAMPLES, reconstruct=True,
        )  # fmt: skip
