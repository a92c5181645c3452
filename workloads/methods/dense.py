"""No pruning: the reference for all other methods."""

from typing import Literal, Self

from workloads.methods.method import Method
from workloads.script.phases import Measure, Script, Train


class Dense(Method):
    """Train all weights, without pruning."""

    name: Literal["dense"] = "dense"

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        return (Train(start=0, stop=steps), Measure(sparsity=0))

    def twin(self) -> Self:
        """See Method."""
        return self
