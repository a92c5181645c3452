"""Sparse training that lets weights grow at random places."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, PositiveInt

from workloads.bibliography import MOCANU_2018
from workloads.methods.dynamic.sparse_training import SparseTraining
from workloads.references import Reference
from workloads.rules.drop_grow import DropGrowRule, Dropped, DroppedFraction


class Set(SparseTraining):
    """Train a sparse network; small weights give way to random ones.

    Sparse evolutionary training (Mocanu et al. 2018). It begins with random masks. At the end of every epoch but the
    last, each layer drops a fraction of its positive weights and of its negative weights, those nearest to zero, and as
    many removed weights grow at random places. They start at 0 with empty optimizer buffers; under Adam their first
    move is up to 3.2 learning rates, see the rule `drop_grow`.
    """

    references: ClassVar[tuple[Reference, ...]] = (MOCANU_2018,)

    name: Literal["set"] = "set"
    every: PositiveInt | None = None
    """The number of optimizer steps from one update of the masks to the next. None means an epoch, as in Mocanu et al.
    (2018)."""
    fraction: DroppedFraction = 0.3
    """The fraction of each layer's weights that every update drops (Mocanu et al. 2018)."""
    dropped: Dropped = "signed"
    """The weights to drop: the fraction of the positive and of the negative weights nearest to zero (signed), as in
    Mocanu et al. (2018), or of all weights together (magnitude)."""
    until: Annotated[float, Field(gt=0, le=1)] = 1.0
    """The moment at which the updates end, a fraction of the training's steps."""

    def rule(self, every: int, end: int) -> DropGrowRule:
        """See SparseTraining."""
        return DropGrowRule(
            **self.shared(every, end), fall="none", dropped=self.dropped, grown="random", instead=False,
        )  # fmt: skip
