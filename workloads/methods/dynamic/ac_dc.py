"""Train compressed and dense by turns."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, PositiveInt

from workloads.bibliography import PESTE_2021
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.rules.alternate import AlternateRule
from workloads.script.amounts import Allocation
from workloads.script.criteria import AnyCriterion
from workloads.script.phases import Measure, Script, Train
from workloads.script.rules import moment
from workloads.settings import Sparsity


class AcDc(Method):
    """Train dense, then pruned and dense by turns, and pruned to the end.

    Alternating compressed and decompressed training (Peste et al. 2021). Every compressed stretch begins with the
    removal of the smallest weights, whose places stay fixed until the stretch ends; then they train on from 0. Every
    switch empties the optimizer's state.
    """

    references: ClassVar[tuple[Reference, ...]] = (PESTE_2021,)

    name: Literal["ac_dc"] = "ac_dc"
    sparsity: Sparsity
    """The fraction of weights removed in compressed stretches."""
    warmup: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """The length of the dense training at the beginning, a fraction of the training's steps (Peste et al. 2021)."""
    recovery: Annotated[float, Field(gt=0, lt=1)] = 0.15
    """The length of the compressed training at the end, a fraction of the training's steps (Peste et al. 2021)."""
    cycles: PositiveInt = 7
    """The number of times that pruned weights come back in between; compressed and dense stretches are equally long.
    The default gives stretches of a twentieth of the training, as the 5 of 100 epochs of Peste et al. (2021)."""
    criterion: AnyCriterion = Magnitude()
    """The score that decides which weights remain."""
    allocation: Allocation = "global"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform leaves the
    same fraction in each; erk leaves more in small layers."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where there are fewer steps than stretches."""
        del epoch  # all lengths are fractions of the steps
        begin, end = moment(self.warmup, steps), steps - moment(self.recovery, steps)
        if begin < 1 or end - begin < 2 * self.cycles or end >= steps:
            raise ValueError(
                f"ac_dc prunes from step {begin} to step {end} of {steps} in {2 * self.cycles} stretches, and each "
                "needs a step; give fewer cycles, a shorter warmup or recovery, or make the training longer"
            )
        rule = AlternateRule(criterion=self.criterion, to=self.sparsity, allocation=self.allocation, begin=begin,
                             end=end, cycles=self.cycles)  # fmt: skip
        return (Train(start=0, stop=steps, rule=rule if self.sparsity > 0 else None), Measure(sparsity=self.sparsity))

    @property
    def zeros(self) -> Literal["soft"]:
        """See Method."""
        return "soft"

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
