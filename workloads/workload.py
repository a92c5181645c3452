"""What a workload is: a network, its data, and how it is trained and measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import NonNegativeInt, model_validator

from workloads.data.declared import Declared
from workloads.settings import Settings, merged
from workloads.training.settings import Measure, Training

if TYPE_CHECKING:
    from torch import nn

    from workloads.data.images import Images
    from workloads.data.sources import Sources


@dataclass(frozen=True)
class Layer:
    """A module with prunable weights, known before the network is built."""

    name: str  # the module's dotted name
    shape: tuple[int, ...]  # of its weight
    positions: int = 1  # outputs per example that each weight takes part in: 1 for Linear, height x width for Conv

    @property
    def size(self) -> int:
        """Number of prunable weights."""
        return prod(self.shape)


class Workload(Settings, ABC):
    """One task: its fields say what is trained on what; importing it needs no torch."""

    gpu_share: ClassVar[float]  # of one GPU, that a trial asks for where `gpus: auto` finds one

    name: str
    data: Literal["real", "stand_in"] = "real"
    validation_size: NonNegativeInt  # training examples set aside; unless given, as many as the data set says
    training: Training
    measure: Measure = Measure()

    @model_validator(mode="before")
    @classmethod
    def _over_its_own_defaults(cls, given: Any) -> Any:
        """Lets `training: {batch_size: 64}` change the batch size alone."""
        if not isinstance(given, Mapping):
            return given
        own = {name: cls.model_fields[name].default.model_dump(mode="json") for name in ("training", "measure")}
        training = given.get("training")
        if isinstance(training, Mapping) and training.get("steps") is not None:
            own["training"]["epochs"] = None
        filled = merged(own, given)
        if filled.get("validation_size") is None:
            filled["validation_size"] = cls.declared(given.get("data", "real")).validation
        return filled

    @model_validator(mode="after")
    def _has_a_batch(self) -> Self:
        left = self.declared(self.data).train - self.validation_size
        if self.training.batch_size > left:
            raise ValueError(f"training.batch_size {self.training.batch_size} is more than the {left} training "
                             f"examples that validation_size {self.validation_size} leaves; make either smaller")
        return self

    @classmethod
    @abstractmethod
    def declared(cls, data: str) -> Declared:
        """The data set that `data` selects: its name, version and sizes, known without reading it."""

    @property
    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """The prunable layers, from input to output."""

    @abstractmethod
    def narrowed(self, weights: int) -> Self:
        """The same network with narrower hidden layers and as nearly as possible `weights` prunable weights.

        Raises ValueError where even one unit a layer is more."""

    @abstractmethod
    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """A new network on the CPU; `draw` 0 is the seed's own initialisation, others are re-initialisations."""

    @abstractmethod
    def load(self, sources: Sources) -> Images:
        """The data set as tensors on the CPU. Raises DataError."""

    @property
    @abstractmethod
    def chance(self) -> float | None:
        """The accuracy of guessing, as a fraction; None for a task that has no accuracy."""

    @property
    def prunable(self) -> int:
        """N: the number of prunable weights."""
        return sum(layer.size for layer in self.layers)

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in the training split."""
        return (self.declared(self.data).train - self.validation_size) // self.training.batch_size

    @property
    def steps(self) -> int:
        """Optimizer steps of a whole training."""
        return self.training.total_steps(self.steps_per_epoch)
