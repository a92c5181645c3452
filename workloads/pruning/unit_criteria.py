"""Criteria of structured pruning: how hidden units are scored. Torch is imported only inside `unit_scores`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import HU_2016, LI_2017, MICHEL_2019, MOLCHANOV_2017, MOLCHANOV_2019
from workloads.references import Reference
from workloads.script.criteria import UnitCriterion

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.pruning.ranking import Ranking

Side = Literal["in", "in_out"]


class UnitL1(UnitCriterion):
    """The sum of the absolute values of a unit's weights (Li et al. 2017)."""

    references: ClassVar[tuple[Reference, ...]] = (LI_2017,)

    name: Literal["l1"] = "l1"
    of: Side = "in"
    """The weights that count: those that compute the unit (in), or also those that read it (in_out)."""

    def unit_scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See UnitCriterion."""
        from workloads.pruning.unit_scores import norms

        return norms(ranking, self.of, 1)


class UnitL2(UnitCriterion):
    """The L2 norm of a unit's weights."""

    name: Literal["l2"] = "l2"
    of: Side = "in"
    """The weights that count: those that compute the unit (in), or also those that read it (in_out)."""

    def unit_scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See UnitCriterion."""
        from workloads.pruning.unit_scores import norms

        return norms(ranking, self.of, 2)


class UnitActivation(UnitCriterion):
    """How active a unit is where the next layer reads it: after activation function and pooling (Hu et al. 2016)."""

    references: ClassVar[tuple[Reference, ...]] = (HU_2016,)

    name: Literal["activation"] = "activation"
    statistic: Literal["mean_absolute", "apoz"] = "mean_absolute"
    """The activity of a unit: its mean absolute activation, or one minus its average percentage of zeros (APoZ)."""
    examples: PositiveInt = 1000
    """The number of training examples that activations are averaged over."""

    def unit_scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See UnitCriterion."""
        from workloads.pruning.unit_scores import unit_activities

        return unit_activities(ranking, self.examples, self.statistic)


class UnitTaylor(UnitCriterion):
    """The square of the first-order change of the loss if the unit is removed (Molchanov et al. 2017, 2019).

    It is (sum of w dL/dw)^2 over the weights that read the unit. This sum is the derivative of the loss L with respect
    to a factor on the unit's output, the factor of Michel et al. (2019) for a head. Over the weights that compute the
    unit it would vanish where a norm follows, because the norm undoes their scale."""

    references: ClassVar[tuple[Reference, ...]] = (MOLCHANOV_2017, MOLCHANOV_2019, MICHEL_2019)

    name: Literal["taylor"] = "taylor"
    examples: PositiveInt = 1000
    """The number of training examples that the loss L is averaged over, before it is squared."""

    def unit_scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See UnitCriterion."""
        from workloads.pruning.unit_scores import first_order

        return first_order(ranking, self.examples)


class UnitRandom(UnitCriterion):
    """A random score for each unit. It does not depend on the ratio, so the choices of one seed nest."""

    name: Literal["random"] = "random"

    def unit_scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See UnitCriterion."""
        import torch

        from workloads.randomness import generator

        rng, state = generator(ranking.seed, "scores"), ranking.state
        return {block.layer: torch.rand(block.count, generator=rng).to(state.device)
                for block in state.workload.units()}  # fmt: skip
