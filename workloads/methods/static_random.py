"""A random mask, fixed before training: what sparsity alone does to learning."""

from typing import Annotated, ClassVar, Literal, Self

from workloads.bibliography import EVCI_2020, EVCI_2022, MOCANU_2018
from workloads.methods.method import Method
from workloads.pruning.criteria import Random
from workloads.references import Cites, Reference
from workloads.script.amounts import DenseLayers, LayerAllocation
from workloads.script.phases import Measure, Rescale, Script, Train
from workloads.script.removals import Prune
from workloads.settings import Sparsity


class StaticRandom(Method):
    """Remove random weights before training, then train the rest.

    The mask never changes. Such networks are the starting point of Mocanu et al. (2018), and a baseline of Evci et al.
    (2020).
    """

    references: ClassVar[tuple[Reference, ...]] = (MOCANU_2018, EVCI_2020)

    name: Literal["static_random"] = "static_random"
    sparsity: Sparsity
    """The fraction of weights removed."""
    allocation: LayerAllocation = "uniform"
    """How the remaining weights are shared out among the layers. Uniform means the same fraction in each; erk leaves
    more in small layers (Evci et al. 2020)."""
    dense_layers: DenseLayers = ()
    """The list of layers that keep all weights; the other layers give up more."""
    init_scale: Annotated[Literal["fan_in"] | None, Cites((EVCI_2022,), "fan_in")] = None
    """The scale of the first weights. None means those of the dense network; fan_in divides the remaining weights of
    each layer by the square root of its density, as if drawn for fewer inputs."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        prune = Prune(criterion=Random(), to=self.sparsity, allocation=self.allocation, dense_layers=self.dense_layers)
        scale = (Rescale(),) if self.init_scale and self.sparsity else ()
        return (prune, *scale, Train(start=0, stop=steps), Measure(sparsity=self.sparsity))

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
