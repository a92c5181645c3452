"""A dense network with as few weights as the sparse one: did sparsity do it, or size?"""

from typing import Literal, Self

from workloads.methods.method import Method
from workloads.script.phases import Measure, Narrow, Script, Train
from workloads.settings import Sparsity


class SmallDense(Method):
    """Train a narrower dense network of the same depth and of as many weights as `sparsity` would leave."""

    name: Literal["small_dense"] = "small_dense"
    sparsity: Sparsity  # of the full network, to whose weights all counts refer

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        return (Narrow(to=self.sparsity), Train(start=0, stop=steps), Measure(sparsity=self.sparsity))

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
