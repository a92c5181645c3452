"""Prune early in training, once the masks that pruning would give no longer change."""

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
    """Prune once the masks have settled, then train on: by weight magnitude, not BatchNorm scales (You et al. 2020).

    At the end of every epoch it is worked out which weights pruning would keep now. The ticket is drawn where these
    masks differ little from those of the epochs before, and trained to the end with its masks fixed. The paper ranks
    channels by their BatchNorm scales and takes them out; this is the variant for networks without BatchNorm, which
    ranks weights by magnitude and leaves the layers as wide as they are. Where no ticket is drawn by the end of the
    last epoch, the masks of that moment are taken, `early_bird/drawn` is 0 and there is no `early_bird/step`.
    """

    references: ClassVar[tuple[Reference, ...]] = (YOU_2020,)

    name: Literal["early_bird"] = "early_bird"
    sparsity: Sparsity
    window: Window = 5  # masks: the newest is compared with each of the others
    # most that they differ; masks that have nothing in common but their density d differ in 2 d (1 - d) of their
    # entries, and at most in 2 d where d is below a half: 0.1 is as good as no condition from sparsity 0.95 on
    tolerance: Distance = 0.1
    every: PositiveInt | None = None  # steps from masks to masks; None: an epoch
    criterion: AnyCriterion = Magnitude()
    allocation: Allocation = "global"
    dense_layers: DenseLayers = ()  # kept whole; not with a global allocation

    @model_validator(mode="after")
    def _global_has_no_dense_layers(self) -> Self:
        check_dense_layers(self.dense_layers, self.allocation)
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where training ends before there are enough masks to compare."""
        every = self.every or epoch
        seen = steps // every
        if seen < self.window:
            raise ValueError(
                f"early_bird compares {self.window} masks, one every {every} steps, and a training of {steps} steps "
                f"gives {seen}; make the training longer, or window or every smaller"
            )
        check_updates(seen, every)
        rule = EarlyBirdRule(
            criterion=self.criterion, to=self.sparsity, allocation=self.allocation, dense_layers=self.dense_layers,
            window=self.window, tolerance=self.tolerance, every=every, end=seen * every,
        )  # fmt: skip
        return (Train(start=0, stop=steps, rule=rule if self.sparsity > 0 else None), Measure(sparsity=self.sparsity))

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
