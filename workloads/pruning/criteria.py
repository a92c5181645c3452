"""Criteria: how weights are scored. Torch is imported only inside `scores`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt

from workloads.script.criteria import Criterion

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.pruning.ranking import Ranking


class Random(Criterion):
    """A random score for each weight. It does not depend on the sparsity, so the masks of one seed nest."""

    name: Literal["random"] = "random"

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        import torch

        from workloads.randomness import generator

        rng = generator(ranking.seed, "scores")
        return {name: torch.rand(weight.shape, generator=rng).to(weight.device)
                for name, weight in ranking.weights.items()}  # fmt: skip


class Magnitude(Criterion):
    """|w|: as it is, divided by the layer's L2 norm, or as the LAMP score (Lee et al. 2021)."""

    name: Literal["magnitude"] = "magnitude"
    scale: Literal["none", "layer", "lamp"] = "none"

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import SCALES

        return {name: SCALES[self.scale](weight.detach().abs()) for name, weight in ranking.weights.items()}


class Gradient(Criterion):
    """|dL/dw|: a weight scores high if moving it changes the loss."""

    name: Literal["gradient"] = "gradient"
    examples: PositiveInt = 1000  # of the training split, whose mean loss is L

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        return {name: gradient.abs() for name, gradient in gradients(ranking, self.examples).items()}


class Saliency(Criterion):
    """|w dL/dw|: a weight scores high if its removal changes the loss, to first order.

    This is SNIP's score (Lee et al. 2019), computed on the network as it stands."""

    name: Literal["saliency"] = "saliency"
    examples: PositiveInt = 1000  # of the training split, whose mean loss is L

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        dense = gradients(ranking, self.examples)
        return {name: gradient.abs() * ranking.weights[name].detach().abs() for name, gradient in dense.items()}


class Activation(Criterion):
    """How active a weight's unit is, the same for all weights of a unit (Hu et al. 2016).

    A weight belongs to the hidden unit that it feeds; in the last layer, to the hidden unit that it reads."""

    needs_chain: ClassVar[bool] = True

    name: Literal["activation"] = "activation"
    statistic: Literal["mean_absolute", "apoz"] = "mean_absolute"  # apoz: by how seldom the unit is zero
    examples: PositiveInt = 1000  # of the training split

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import activities

        return activities(ranking, self.examples, self.statistic)
