"""Sparse training that spares small weights with large gradients."""

from typing import ClassVar, Literal

from pydantic import NonNegativeFloat

from workloads.bibliography import YUAN_2021
from workloads.methods.dynamic.sparse_training import SparseTraining
from workloads.references import Reference
from workloads.rules.drop_grow import DropGrowRule


class Mest(SparseTraining):
    """Train a sparse network; small weights with small gradients give way to random ones.

    Memory-economic sparse training (Yuan et al. 2021), without its variants that hold more weights for a while. It is
    like SET, but each layer drops the weights with the lowest |w| + `gradient_weight` |dL/dw|, and fewer and fewer of
    them. Weights that grow start at 0 with empty optimizer buffers; under Adam their first move is up to 3.2 learning
    rates, see the rule `drop_grow`.
    """

    references: ClassVar[tuple[Reference, ...]] = (YUAN_2021,)

    name: Literal["mest"] = "mest"
    gradient_weight: NonNegativeFloat = 1.0
    """The weight of |dL/dw| beside |w| in the score of a weight, with the gradient of one batch. It falls along half a
    cosine. 0 looks at |w| alone. The default is this project's choice."""

    def rule(self, every: int, end: int) -> DropGrowRule:
        """See SparseTraining."""
        return DropGrowRule(
            **self.shared(every, end), fall="cosine", dropped="magnitude", gradient_weight=self.gradient_weight,
            grown="random", instead=False,
        )  # fmt: skip
