"""Schedules of sparsity: the fraction of the target that is reached at each moment. Plain arithmetic.

Every schedule rises from 0 at the beginning to 1 at the end and never falls.
"""

import math
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt

from workloads.bibliography import ZHU_2017
from workloads.references import Reference
from workloads.settings import Settings, tagged


class Cubic(Settings):
    """Fast at first, then slower and slower: 1 - (1 - x)^3 (Zhu & Gupta 2017)."""

    references: ClassVar[tuple[Reference, ...]] = (ZHU_2017,)

    name: Literal["cubic"] = "cubic"


class Linear(Settings):
    """The same number of weights at every update."""

    name: Literal["linear"] = "linear"


class Polynomial(Settings):
    """1 - (1 - x)^power."""

    name: Literal["polynomial"] = "polynomial"
    power: PositiveFloat = 3.0
    """The exponent. 3 is the cubic schedule, 1 the linear one."""


class Exponential(Settings):
    """The same fraction of the remaining weights at every update."""

    name: Literal["exponential"] = "exponential"


class Cosine(Settings):
    """Slow, fast, slow: (1 - cos(pi x)) / 2."""

    name: Literal["cosine"] = "cosine"


class Steps(Settings):
    """`count` equal steps, the first one at the first update."""

    name: Literal["steps"] = "steps"
    count: PositiveInt = 4
    """The number of steps from 0 to the target."""


Schedule = Annotated[
    Cubic | Linear | Polynomial | Exponential | Cosine | Steps, Field(discriminator="name"), BeforeValidator(tagged)
]


def fraction(schedule: Schedule, x: float, target: float) -> float:
    """The fraction of the sparsity `target` to reach after the fraction `x` of the updates, both in [0, 1].

    >>> fraction(Cubic(), 0.5, target=0.9), fraction(Linear(), 0.5, target=0.9)
    (0.875, 0.5)
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    return FRACTIONS[schedule.name](schedule, x, target)


FRACTIONS = {
    "cubic": lambda schedule, x, target: 1 - (1 - x) ** 3,
    "linear": lambda schedule, x, target: x,
    "polynomial": lambda schedule, x, target: 1 - (1 - x) ** schedule.power,
    "exponential": lambda schedule, x, target: (1 - (1 - target) ** x) / target,
    "cosine": lambda schedule, x, target: (1 - math.cos(math.pi * x)) / 2,
    "steps": lambda schedule, x, target: math.ceil(schedule.count * x) / schedule.count,
}
