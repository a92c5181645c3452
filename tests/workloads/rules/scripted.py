"""A method that is nothing but a rule, so that rules can be held to the laws of methods."""

from typing import Literal, Self

from workloads.methods.method import Method
from workloads.pruning.criteria import Random
from workloads.script.phases import Measure, Script, Train
from workloads.script.removals import Prune
from workloads.script.rules import AnyRule


class Scripted(Method):
    """Half of the weights are gone at random, then a rule acts while the others train."""

    name: Literal["scripted"] = "scripted"
    rule: AnyRule | None = None

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch
        half = Prune(criterion=Random(), to=0.5, allocation="uniform")
        return (half, Train(start=0, stop=steps, rule=self.rule), Measure())

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"rule": None})
