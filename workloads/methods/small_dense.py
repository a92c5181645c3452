"""A dense network with as few weights as the sparse one: a control for size without sparsity."""

from typing import Literal, Self

from workloads.methods.method import Method
from workloads.script.phases import Measure, Narrow, Script, Train
from workloads.settings import Sparsity


class SmallDense(Method):
    """Train a narrower dense network with as many weights as `sparsity` leaves.

    Its depth is that of the full network. It tells what size alone does, without sparsity.
    """

    name: Literal["small_dense"] = "small_dense"
    sparsity: Sparsity
    """The fraction of weights removed. It refers to the full network, as all counts do."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        return (Narrow(to=self.sparsity), Train(start=0, stop=steps), Measure(sparsity=self.sparsity))

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
