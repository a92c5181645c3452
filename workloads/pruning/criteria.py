"""Criteria: how weights are scored. Torch is imported only inside `scores`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import HU_2016, LEE_2019, LEE_2021
from workloads.references import Cites, Reference
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
    scale: Annotated[Literal["none", "layer", "lamp"], Cites((LEE_2021,), "lamp")] = "none"
    """How magnitudes are scaled before layers are ranked together: not at all, by the layer's L2 norm, or by LAMP."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import SCALES

        return {name: SCALES[self.scale](weight.detach().abs()) for name, weight in ranking.weights.items()}


class Gradient(Criterion):
    """|dL/dw|: a weight scores high if moving it changes the loss."""

    name: Literal["gradient"] = "gradient"
    examples: PositiveInt = 1000
    """The number of training examples that the loss L is averaged over."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        return {name: gradient.abs() for name, gradient in gradients(ranking, self.examples).items()}


class Saliency(Criterion):
    """|w dL/dw|: a weight scores high if its removal changes the loss, to first order.

    This is SNIP's score (Lee et al. 2019), computed on the network as it stands."""

    references: ClassVar[tuple[Reference, ...]] = (LEE_2019,)

    name: Literal["saliency"] = "saliency"
    examples: PositiveInt = 1000
    """The number of training examples that the loss L is averaged over."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        dense = gradients(ranking, self.examples)
        return {name: gradient.abs() * ranking.weights[name].detach().abs() for name, gradient in dense.items()}


class Activation(Criterion):
    """How active a weight's unit is, the same for all weights of a unit (Hu et al. 2016).

    A weight belongs to the hidden unit that it feeds; in the last layer, to the hidden unit that it reads."""

    references: ClassVar[tuple[Reference, ...]] = (HU_2016,)

    needs_chain: ClassVar[bool] = True

    name: Literal["activation"] = "activation"
    statistic: Literal["mean_absolute", "apoz"] = "mean_absolute"
    """The activity of a unit: its mean absolute activation, or one minus its average percentage of zeros (APoZ)."""
    examples: PositiveInt = 1000
    """The number of training examples that activations are averaged over."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import activities

        return activities(ranking, self.examples, self.statistic)
