"""Prune early in training, once the masks have settled."""

from typing import ClassVar, Literal, Self

from pydantic import PositiveInt, model_validator

from workloads.bibliography import YOU_2020
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.rules.early_bird import Distance, EarlyBirdRule, Window
from workloads.script.amounts import Allocation, DenseLayers, check_dense_layers
from workloads.script.criteria import AnyCriterion
from workloads.script.phases import Measure, Script, Train
from workloads.script.rules import check_updates
from workloads.settings import Sparsity


class EarlyBird(Method):
    """Prune early in training, once the masks have settled, then train the rest.

    A variant of You et al. (2020). At the end of every epoch the method computes the masks that pruning would give. It
    prunes once these masks differ little from those of the last epochs, and trains the rest to the end. The paper ranks
    channels by their BatchNorm scales and removes them. This variant needs no BatchNorm: it ranks weights by magnitude
    and leaves the layers as wide as they are. If the masks never settle, it prunes after the last epoch; then
    `early_bird/drawn` is 0 and there is no `early_bird/step`.
    """

    references: ClassVar[tuple[Reference, ...]] = (YOU_2020,)

    name: Literal["early_bird"] = "early_bird"
    sparsity: Sparsity
    """The fraction of weights removed."""
    window: Window = 5
    """The number of successive masks that are compared, the newest included. The default is that of You et al. (2020).
    """
    # Two random masks of density d differ in 2 d (1 - d) of their entries, any two in at most 2 d. A tolerance of 0.1
    # is thus no condition at all from sparsity 0.95 on.
    tolerance: Distance = 0.1
    """The largest difference between masks that counts as settled, a fraction of all entries. The default is that of
    You et al. (2020); above sparsity 0.9 it needs to be smaller."""
    every: PositiveInt | None = None
    """The number of optimizer steps from one mask to the next. None means an epoch."""
    criterion: AnyCriterion = Magnitude()
    """The score that decides which weights remain."""
    allocation: Allocation = "global"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform leaves the
    same fraction in each; erk leaves more in small layers."""
    dense_layers: DenseLayers = ()
    """The list of layers that keep all weights; the other layers give up more. Not with allocation: global."""

    @model_validator(mode="after")
    def _global_has_no_dense_layers(self) -> Self:
        check_dense_layers(self.dense_layers, self.allocation)
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where training gives fewer than `window` masks."""
        every = self.every or epoch
        masks = steps // every
        if masks < self.window:
            raise ValueError(
                f"early_bird compares {self.window} masks, one every {every} steps, and a training of {steps} steps "
                f"gives {masks}; make the training longer, or window or every smaller"
            )
        check_updates(masks, every)
        rule = EarlyBirdRule(
            criterion=self.criterion, to=self.sparsity, allocation=self.allocation, dense_layers=self.dense_layers,
            window=self.window, tolerance=self.tolerance, every=every, end=masks * every,
        )  # fmt: skip
        return (Train(start=0, stop=steps, rule=rule if self.sparsity > 0 else None), Measure(sparsity=self.sparsity))

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
