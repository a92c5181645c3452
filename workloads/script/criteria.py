"""Criteria: by what weights are told apart. Plain settings; the scores are worked out in `criteria`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PositiveInt

from workloads.settings import Settings, tagged


class Random(Settings):
    """Every weight gets a random score that does not depend on the sparsity: the masks of one seed nest."""

    name: Literal["random"] = "random"


class Magnitude(Settings):
    """Weights far from zero score high: as they are, over their layer's L2 norm, or by LAMP (Lee et al. 2021)."""

    name: Literal["magnitude"] = "magnitude"
    scale: Literal["none", "layer", "lamp"] = "none"


class Gradient(Settings):
    """|dL/dw|: weights that the loss wants moved score high."""

    name: Literal["gradient"] = "gradient"
    examples: PositiveInt = 1000  # of the training split, whose mean loss is L


class Saliency(Settings):
    """|w dL/dw|: weights whose removal changes the loss, to first order, score high.

    SNIP's score (Lee et al. 2019), taken of a trained network."""

    name: Literal["saliency"] = "saliency"
    examples: PositiveInt = 1000  # of the training split, whose mean loss is L


class Activation(Settings):
    """Weights of active units score high, all of a unit alike (Hu et al. 2016).

    A weight belongs to the hidden unit that it leads to, in the last layer to the one that it comes from."""

    name: Literal["activation"] = "activation"
    statistic: Literal["mean_absolute", "apoz"] = "mean_absolute"  # apoz: by how seldom the unit is zero
    examples: PositiveInt = 1000  # of the training split


Criterion = Annotated[
    Random | Magnitude | Gradient | Saliency | Activation, Field(discriminator="name"), BeforeValidator(tagged)
]
