"""Prune before training, without data, by the paths through each weight."""

from typing import ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import TANAKA_2020
from workloads.methods.dense import Dense
from workloads.methods.method import Method
from workloads.pruning.synflow import SynflowCriterion
from workloads.references import Reference
from workloads.script.mask_at_start import MaskAtStart
from workloads.script.phases import Script
from workloads.script.removals import Prune


class Synflow(MaskAtStart, Method):
    """Before training, remove the weights on weak paths, in many iterations; then train.

    The method of Tanaka et al. (2020). It needs no data. All layers are ranked together. It is defined for networks of
    ReLU without LayerNorm and softmax, so not for GPT-2.
    """

    references: ClassVar[tuple[Reference, ...]] = (TANAKA_2020,)

    name: Literal["synflow"] = "synflow"
    iterations: PositiveInt = 100
    """The number of scorings, each followed by a pruning that leaves the same fraction of the remaining weights. With
    few, whole layers can be lost; 100 is that of Tanaka et al. (2020)."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        prune = Prune(criterion=SynflowCriterion(), to=self.sparsity, allocation="global", iterations=self.iterations)
        return self.script(prune, steps)

    def twin(self) -> Method:
        """See Method."""
        return Dense()
