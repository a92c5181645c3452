"""Train, then in rounds: remove some of the remaining weights, fine-tune."""

from typing import ClassVar, Literal, Self

from workloads.bibliography import HAN_2015
from workloads.methods.ladder import Ladder, rung
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.script.criteria import AnyCriterion
from workloads.script.fine_tune import FineTune
from workloads.script.phases import Phase, Script, Train


class Iterative(Ladder):
    """Train, then in rounds remove the smallest weights and fine-tune the rest.

    The method of Han et al. (2015). The network after each round is a run of its own. Give `levels`, or two of
    `rounds`, `rate` and `sparsity`.
    """

    references: ClassVar[tuple[Reference, ...]] = (HAN_2015,)

    name: Literal["iterative"] = "iterative"
    criterion: AnyCriterion = Magnitude()
    """The score that decides which weights remain."""
    fine_tune: FineTune = FineTune()
    """The training after pruning, in every round."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        script: list[Phase] = [Train(start=0, stop=steps), rung(0, 0.0)]
        trained = steps
        for number, (removal, level) in enumerate(zip(self.removals(self.criterion), self.rungs, strict=True), 1):
            tuning = self.fine_tune.phase(trained, steps, epoch)
            trained = tuning.stop
            script += [removal, tuning, rung(number, level)]
        return tuple(script)

    def twin(self) -> Self:
        """See Method."""
        return type(self)(rounds=len(self.rungs), sparsity=0.0, fine_tune=self.fine_tune)
