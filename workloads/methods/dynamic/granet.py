"""Sparse training that grows sparser while it trains."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from workloads.bibliography import LIU_2021_GRANET, ZHU_2017
from workloads.methods.dynamic.sparse_training import SparseTraining
from workloads.references import Reference
from workloads.rules.drop_grow import DropGrowRule
from workloads.script.schedules import Cubic, Linear
from workloads.settings import Sparsity, tagged


class GraNet(SparseTraining):
    """Train a network that grows sparser, and moves small weights as `rigl` does.

    The method of Liu et al. (2021). It begins with random masks of the sparsity `initial_sparsity`, which `allocation`
    shares out among the layers. Every update first removes the smallest weights of all layers together, along the
    schedule of Zhu & Gupta (2017), and then moves weights as `rigl` does. With an initial sparsity equal to the last
    one it is `rigl`.
    """

    references: ClassVar[tuple[Reference, ...]] = (LIU_2021_GRANET, ZHU_2017)

    name: Literal["granet"] = "granet"
    initial_sparsity: Sparsity = 0.5
    """The fraction of weights removed at the beginning, at most `sparsity`. 0 begins with the dense network."""
    schedule: Annotated[Cubic | Linear, Field(discriminator="name"), BeforeValidator(tagged)] = Cubic()
    """The rise of sparsity from the beginning to its target at `until`."""

    @model_validator(mode="after")
    def _ranks_all_layers_together(self) -> Self:
        if self.dense_layers:
            raise ValueError(
                f"granet removes the smallest weights of all layers, so dense_layers {list(self.dense_layers)} would "
                "not stay dense; leave them out"
            )
        return self

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if 0 < self.sparsity < self.initial_sparsity:
            raise ValueError(
                f"initial_sparsity {self.initial_sparsity:g} is more than sparsity {self.sparsity:g}, and granet only "
                "removes weights; make it smaller"
            )
        return self

    @property
    def sparsity_at_start(self) -> float:
        """See SparseTraining. The dense twin begins dense."""
        return min(self.initial_sparsity, self.sparsity)

    def rule(self, every: int, end: int) -> DropGrowRule:
        """See SparseTraining."""
        across_layers = self.shared(every, end) | {"allocation": "global"}
        return DropGrowRule(
            **across_layers, fall="cosine", dropped="magnitude", grown="gradient", instead=True,
            initial=self.sparsity_at_start, schedule=self.schedule,
        )  # fmt: skip
