"""Patterns: which weights stay together, given instead of a sparsity."""

from fractions import Fraction
from typing import ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from workloads.bibliography import ZHOU_2021
from workloads.references import Reference
from workloads.settings import Settings


class NOfM(Settings):
    """Of every `m` consecutive inputs of an output, `n` weights stay: 2 of 4 is what sparse tensor cores compute.

    The inputs of a convolution are its input channels, at each place of the kernel (Zhou et al. 2021)."""

    references: ClassVar[tuple[Reference, ...]] = (ZHOU_2021,)

    name: Literal["n_of_m"] = "n_of_m"
    n: PositiveInt
    """The number of weights that stay in each group."""
    m: PositiveInt = Field(ge=2)
    """The number of consecutive inputs in a group."""
    indivisible: Literal["dense"] | None = None
    """What happens to a layer whose inputs are not a multiple of `m`: it keeps all its weights (dense). None means that
    the trial is refused."""

    @model_validator(mode="after")
    def _removes_some(self) -> Self:
        if self.n >= self.m:
            raise ValueError(f"n {self.n} of m {self.m} removes nothing; make n less than m")
        return self

    @property
    def sparsity(self) -> float | None:
        """The fraction of all weights removed; None where layers may stay dense."""
        return float(1 - Fraction(self.n, self.m)) if self.indivisible is None else None
