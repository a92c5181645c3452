"""Prune before training so that gradients keep flowing."""

from typing import ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import WANG_2020
from workloads.methods.dense import Dense
from workloads.methods.method import Method
from workloads.pruning.grasp import GraspCriterion
from workloads.references import Reference
from workloads.script.mask_at_start import MaskAtStart
from workloads.script.phases import Script
from workloads.script.removals import Prune


class Grasp(MaskAtStart, Method):
    """Before training, remove the weights that gradients flow best without; then train.

    The method of Wang et al. (2020). All layers are ranked together, once.
    """

    references: ClassVar[tuple[Reference, ...]] = (WANG_2020,)

    name: Literal["grasp"] = "grasp"
    per_class: PositiveInt = 25
    """The number of training examples of each class that weights are scored on. The default is that of the code of
    Wang et al. (2020)."""
    examples: PositiveInt = 100
    """The number of training examples that weights are scored on if they have no classes; of a text, windows."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        criterion = GraspCriterion(per_class=self.per_class, examples=self.examples)
        return self.script(Prune(criterion=criterion, to=self.sparsity, allocation="global"), steps)

    def twin(self) -> Method:
        """See Method."""
        return Dense()
