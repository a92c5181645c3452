"""The score of SNIP: connection sensitivity before training. Torch is imported only inside functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import LEE_2019
from workloads.references import Reference
from workloads.script.criteria import Criterion

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.pruning.ranking import Ranking


class SnipCriterion(Criterion):
    """|w dL/dw|: how fast the loss changes with a gate on the weight (Lee et al. 2019).

    The gradient is averaged over all examples before its absolute value is taken. Dropout is off, and BatchNorm uses
    the statistics of the examples, as in a training step; `saliency` uses its running statistics.
    """

    references: ClassVar[tuple[Reference, ...]] = (LEE_2019,)

    name: Literal["snip"] = "snip"
    examples: PositiveInt = 100
    """The number of training examples that the loss L is averaged over; of a text, windows. The default is the batch of
    Lee et al. (2019) on MNIST."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.data.probe import probe
        from workloads.network.gradient import mean_gradient
        from workloads.network.loss import objective
        from workloads.pruning.scoring_copy import training_copy

        copy = training_copy(ranking.state)
        sample = probe(ranking.examples, self.examples, ranking.seed)
        gradients = mean_gradient(copy.model, copy.weights, sample, objective(copy.workload))
        return {name: (weight.detach() * gradients[name]).abs() for name, weight in ranking.weights.items()}
