"""Workloads that classify images."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import NonNegativeInt, model_validator

from workloads.data.declared import DeclaredImages
from workloads.tasks.outcome import Outcome
from workloads.tasks.workload import Workload, of_class

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.data.sources import Sources
    from workloads.data.splits import DataSet


class Classifier(Workload, ABC):
    """A classifier of images, with layers in a chain and ReLU, judged by accuracy."""

    is_chain: ClassVar[bool] = True
    is_homogeneous: ClassVar[bool] = True
    has_prunable_output: ClassVar[bool] = True

    validation_size: NonNegativeInt
    """The number of training examples that are set aside for validation. The default belongs to the data set."""

    @model_validator(mode="after")
    def _has_a_batch(self) -> Self:
        if self.training.batch_size > self._train_size:
            raise ValueError(f"training.batch_size {self.training.batch_size} is more than the {self._train_size} "
                             f"training examples that validation_size {self.validation_size} leaves; make one of "
                             "them smaller")  # fmt: skip
        return self

    @classmethod
    def defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """See Workload."""
        return of_class(cls) | {"validation_size": cls.declared(given.get("data", "real")).validation}

    @classmethod
    @abstractmethod
    def declared(cls, data: str) -> DeclaredImages:
        """See Workload."""

    @property
    def needs(self) -> tuple[DeclaredImages, ...]:
        """See Workload."""
        return (self.declared(self.data),)

    @property
    def outcome(self) -> Outcome:
        """See Workload."""
        chance = 1 / self.declared(self.data).classes
        return Outcome(
            metric="accuracy", title="test accuracy", unit="fraction", direction="up", margin=0.01, chance=chance
        )

    def narrowed(self, weights: int) -> Self:
        """See Workload."""
        return self.with_units(self.units_for(weights))

    def chains(self, matrices: dict[str, Tensor]) -> tuple[dict[str, Tensor], ...]:
        """See Workload."""
        return (matrices,)

    @property
    def unpruned(self) -> int:
        """See Workload: all layers are prunable."""
        return 0

    @property
    def steps_per_epoch(self) -> int:
        """See Workload."""
        return self._train_size // self.training.batch_size

    @property
    def measured_size(self) -> int:
        """See Workload."""
        return self.validation_size + self.declared(self.data).test

    def load(self, sources: Sources) -> DataSet:
        """See Workload."""
        from workloads.data.images import load

        return load(self.declared(self.data), sources, self.validation_size)

    @property
    def _train_size(self) -> int:
        """The number of training examples without those set aside for validation."""
        return self.declared(self.data).train - self.validation_size
