"""Criteria: by what weights are told apart. Torch is imported where scores are worked out."""

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
    scale: Annotated[Literal["none", "layer", "lamp"], Cites((LEE_2021,), "lamp")] = "none"
    """How magnitudes are scaled before layers are ranked together: not at all, by the layer's L2 norm, or by LAMP."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import SCALES

        return {name: SCALES[self.scale](weight.detach().abs()) for name, weight in ranking.weights.items()}


class Gradient(Criterion):
    """|dL/dw|: weights that the loss wants moved score high."""

    name: Literal["gradient"] = "gradient"
    examples: PositiveInt = 1000
    """The number of training examples that the loss L is averaged over."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import gradients

        return {name: gradient.abs() for name, gradient in gradients(ranking, self.examples).items()}


class Saliency(Criterion):
    """|w dL/dw|: weights whose removal changes the loss, to first order, score high.

    SNIP's score (Lee et al. 2019), taken of a trained network."""

    references: ClassVar[tuple[Reference, ...]] = (LEE_2019,)

    name: Literal["saliency"] = "saliency"
    examples: PositiveInt = 1000
    """The number of training examples that the loss L is averaged over."""

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
    statistic: Literal["mean_absolute", "apoz"] = "mean_absolute"
    """The activity of a unit: its mean absolute activation, or one minus its average percentage of zeros (APoZ)."""
    examples: PositiveInt = 1000
    """The number of training examples that activations are averaged over."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scores import activities

        return activities(ranking, self.examples, self.statistic)
