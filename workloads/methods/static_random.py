"""A random mask before training, never changed: what sparsity alone does to learning."""

from typing import ClassVar, Literal, Self

from workloads.bibliography import EVCI_2020, MOCANU_2018
from workloads.methods.method import Method
from workloads.pruning.criteria import Random
from workloads.references import Reference
from workloads.script.amounts import DenseLayers, LayerAllocation
from workloads.script.phases import Measure, Prune, Rescale, Script, Train
from workloads.settings import Sparsity


class StaticRandom(Method):
    """Remove random weights at initialisation and train the rest (Mocanu et al. 2018, Evci et al. 2020)."""

    references: ClassVar[tuple[Reference, ...]] = (MOCANU_2018, EVCI_2020)

    name: Literal["static_random"] = "static_random"
    sparsity: Sparsity
    allocation: LayerAllocation = "uniform"
    dense_layers: DenseLayers = ()  # kept whole; their budget comes from the other layers
    # None: first weights are those of the dense network, drawn for its number of inputs; fan_in: each layer's kept
    # weights over the square root of its density, as if drawn for the inputs that are left
    init_scale: Literal["fan_in"] | None = None

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        prune = Prune(criterion=Random(), to=self.sparsity, allocation=self.allocation, dense_layers=self.dense_layers)
        scale = (Rescale(),) if self.init_scale and self.sparsity else ()
        return (prune, *scale, Train(start=0, stop=steps), Measure(sparsity=self.sparsity))

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
