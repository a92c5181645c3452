"""Sparse training: a network that is sparse from the first step on, and whose weights change places."""

from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PositiveInt

from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude, Random
from workloads.rules.drop_grow import DropGrowRule, DroppedFraction
from workloads.script.amounts import DenseLayers, LayerAllocation
from workloads.script.phases import Measure, Script, Train
from workloads.script.removals import Prune
from workloads.script.rules import check_updates, moment
from workloads.settings import Sparsity


class SparseTraining(Method, ABC):
    """A method that begins with random masks, drops weights while it trains, and lets others grow."""

    sparsity: Sparsity
    """The fraction of weights removed."""
    allocation: LayerAllocation = "erk"
    """How the remaining weights are shared out among the layers. Uniform means the same fraction in each; erk leaves
    more in small layers, and is better in Evci et al. (2020)."""
    dense_layers: DenseLayers = ()
    """The list of layers that keep all weights; the other layers give up more."""
    every: PositiveInt | None = 100
    """The number of optimizer steps from one update of the masks to the next. None means an epoch."""
    fraction: DroppedFraction = 0.3
    """The fraction of each layer's weights that the first updates drop. It falls along half a cosine to 0."""
    until: Annotated[float, Field(gt=0, le=1)] = 0.75
    """The moment at which the updates end, a fraction of the training's steps."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where the settings do not fit together."""
        every, end = self.every or epoch, max(1, moment(self.until, steps))
        check_updates(end // every, every)
        rule = self.rule(every, end)
        return (
            Prune(criterion=Random(), to=self.sparsity_at_start, allocation=self.allocation,
                  dense_layers=self.dense_layers),
            Train(start=0, stop=steps, rule=rule if self.sparsity > 0 else None),
            Measure(sparsity=self.sparsity),
        )  # fmt: skip

    @property
    def sparsity_at_start(self) -> float:
        """The sparsity of the first masks."""
        return self.sparsity

    @abstractmethod
    def rule(self, every: int, end: int) -> DropGrowRule:
        """The rule that updates the masks every `every` steps until the position `end`."""

    def shared(self, every: int, end: int) -> dict[str, Any]:
        """The settings of the rule that these methods have in common."""
        return {
            "criterion": Magnitude(), "to": self.sparsity, "allocation": self.allocation,
            "dense_layers": self.dense_layers, "fraction": self.fraction, "every": every, "end": end,
        }  # fmt: skip

    @property
    def zeros(self) -> Literal["soft"]:
        """See Method."""
        return "soft"

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
