"""What a criterion is: something by which weights are told apart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar

from workloads.family import Family, Member

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.pruning.ranking import Ranking


class Criterion(Member, ABC):
    """One way to rank weights. Importing it needs no torch."""

    needs_chain: ClassVar[bool] = False  # whether it wants layers one after another, each feeding the next alone

    @abstractmethod
    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """One score per weight, layer by layer, in each weight's own shape: the higher, the sooner kept."""


CRITERIA: Family[Criterion] = Family()
AnyCriterion = Annotated[Criterion, CRITERIA]
