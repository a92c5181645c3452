"""What a criterion is: a score for every weight, or for every hidden unit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar

from workloads.family import Family, Member

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.pruning.ranking import Ranking


class Criterion(Member, ABC):
    """One way to rank weights. Importing it needs no torch."""

    needs_chain: ClassVar[bool] = False  # whether each layer must feed the next layer and nothing else
    needs_homogeneity: ClassVar[bool] = False  # whether the network must be homogeneous, see Workload.is_homogeneous

    @abstractmethod
    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """Layer name -> scores in the shape of the layer's weights. Pruning keeps the highest."""


class UnitCriterion(Member, ABC):
    """One way to rank hidden units: neurons, channels, heads. Importing it needs no torch."""

    @abstractmethod
    def unit_scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """Block, by the layer that computes its units -> scores (units,). Pruning keeps the highest."""


CRITERIA: Family[Criterion] = Family()
AnyCriterion = Annotated[Criterion, CRITERIA]
UNIT_CRITERIA: Family[UnitCriterion] = Family()
AnyUnitCriterion = Annotated[UnitCriterion, UNIT_CRITERIA]
