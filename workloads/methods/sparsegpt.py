"""Prune a trained network, and let the remaining weights take over what was removed."""

from typing import ClassVar, Literal

from pydantic import NonNegativeFloat, PositiveInt

from workloads.bibliography import FRANTAR_2023
from workloads.methods.after_training import AfterTraining
from workloads.references import Reference
from workloads.script.amounts import RowAllocation
from workloads.script.solvers import SparseGptSolver


class SparseGpt(AfterTraining):
    """Train, then remove weights column by column, and let later columns take over.

    The method of Frantar & Alistarh (2023), with the second moments of each layer's inputs over a sample. All layers
    lose the same fraction. Blocks are pruned in order, each with the inputs that it gets from the pruned ones.
    """

    references: ClassVar[tuple[Reference, ...]] = (FRANTAR_2023,)

    shares: ClassVar[RowAllocation] = "uniform"

    name: Literal["sparsegpt"] = "sparsegpt"
    block: PositiveInt | None = None
    """The number of columns that choose their mask together. None means an eighth of the layer's, at most 128: Frantar
    & Alistarh (2023) use 128 for layers of thousands, and a whole narrow layer at once does worse than magnitude."""
    damping: NonNegativeFloat = 0.01
    """What is added to each input's second moment, as a fraction of their mean, as in Frantar & Alistarh (2023)."""

    @property
    def solver(self) -> SparseGptSolver:
        """See AfterTraining."""
        return SparseGptSolver(block=self.block, damping=self.damping)
