"""Criteria: by what weights are told apart. Torch is imported where scores are worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import HU_2016, LEE_2019
from workloads.references import Reference
from workloads.script.criteria import Criterion

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.pruning.ranking import Ranking


class Random(Criterion):
    """Every weight gets a random score that does not depend on the sparsity: the masks of one seed nest."""

    name: Literal["random"] = "random"

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        import torch

        from workloads.randomness import generator

        drawn = generator(ranking.seed, "scores")
        return {name: torch.rand(weight.shape, generator=drawn).to(weight.device)
                for name, weight in ranking.weights.items()}  # fmt: skip


class Magnitude(Criterion):
    """Weights far from zero score high: as they are, over their layer's L2 norm, or by LAMP (Lee et al. 2021)."""

    name: Literal["magnitude"] = "magnitude"
    scale: Literal["none", "layer", "lamp"] = "none"

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import SCALES

        return {name: SCALES[self.scale](weight.detach().abs()) for name, weight in ranking.weights.items()}


class Gradient(Criterion):
    """|dL/dw|: weights that the loss wants moved score high."""

    name: Literal["gradient"] = "gradient"
    examples: PositiveInt = 1000  # of the training split, whose mean loss is L

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        return {name: gradient.abs() for name, gradient in gradients(ranking, self.examples).items()}


class Saliency(Criterion):
    """|w dL/dw|: weights whose removal changes the loss, to first order, score high.

    SNIP's score (Lee et al. 2019), taken of a trained network."""

    references: ClassVar[tuple[Reference, ...]] = (LEE_2019,)

    name: Literal["saliency"] = "saliency"
    examples: PositiveInt = 1000  # of the training split, whose mean loss is L

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        found = gradients(ranking, self.examples)
        return {name: gradient.abs() * ranking.weights[name].detach().abs() for name, gradient in found.items()}


class Activation(Criterion):
    """Weights of active units score high, all of a unit alike (Hu et al. 2016).

    A weight belongs to the hidden unit that it leads to, in the last layer to the one that it comes from."""

    references: ClassVar[tuple[Reference, ...]] = (HU_2016,)

    needs_chain: ClassVar[bool] = True

    name: Literal["activation"] = "activation"
    statistic: Literal["mean_absolute", "apoz"] = "mean_absolute"  # apoz: by how seldom the unit is zero
    examples: PositiveInt = 1000  # of the training split

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import activities

        return activities(ranking, self.examples, self.statistic)
