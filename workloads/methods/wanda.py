"""Prune a trained network by weights times the norms of their inputs."""

from typing import ClassVar, Literal

from workloads.bibliography import SUN_2024
from workloads.methods.after_training import AfterTraining
from workloads.references import Reference
from workloads.script.amounts import RowAllocation
from workloads.script.solvers import WandaSolver


class Wanda(AfterTraining):
    """Train, then remove in each row the weights whose inputs and values are small.

    The method of Sun et al. (2024). A weight scores |w| times the L2 norm of its input over a sample; the scores of one
    output are compared with each other only. No weight is changed. Blocks are pruned in order, each with the inputs
    that it gets from the pruned ones.
    """

    references: ClassVar[tuple[Reference, ...]] = (SUN_2024,)

    shares: ClassVar[RowAllocation] = "per_row"

    name: Literal["wanda"] = "wanda"

    @property
    def solver(self) -> WandaSolver:
        """See AfterTraining."""
        return WandaSolver()
