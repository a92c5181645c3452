"""Sparse training that lets weights grow where the gradient is large."""

from typing import ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import EVCI_2020
from workloads.methods.dynamic.sparse_training import SparseTraining
from workloads.references import Reference
from workloads.rules.drop_grow import DropGrowRule


class RigL(SparseTraining):
    """Train a sparse network; small weights give way to removed ones with large gradients.

    The method of Evci et al. (2020). It begins with random masks. Every `every` steps each layer drops some of its
    smallest weights, and as many of its removed weights grow: those with the largest gradients, among them the ones
    just dropped, which then keep their values. An update takes the place of an optimizer step. Other weights that grow
    start at 0 with empty optimizer buffers; under Adam their first move is up to 3.2 learning rates, see the rule
    `drop_grow`.
    """

    references: ClassVar[tuple[Reference, ...]] = (EVCI_2020,)

    name: Literal["rigl"] = "rigl"
    accumulate: PositiveInt = 1
    """The number of steps before an update whose gradients are averaged, at most `every`. Small batches need more than
    one."""

    def rule(self, every: int, end: int) -> DropGrowRule:
        """See SparseTraining. Raises ValueError where `accumulate` is more than `every`."""
        if self.accumulate > every:
            raise ValueError(
                f"rigl averages the gradients of {self.accumulate} steps and updates its masks every {every} steps; "
                "make accumulate smaller, or every larger"
            )
        return DropGrowRule(
            **self.shared(every, end), fall="cosine", dropped="magnitude", grown="gradient", accumulate=self.accumulate,
            instead=True,
        )  # fmt: skip
