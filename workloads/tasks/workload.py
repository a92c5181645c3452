"""What a workload is: a network, its data, and how it is trained and measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import model_validator

from workloads.data.declared import Declared
from workloads.family import Family, Member
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits
from workloads.script.training import MeasureSettings, Training
from workloads.settings import merged
from workloads.tasks.outcome import Outcome

if TYPE_CHECKING:
    from torch import Tensor, nn

    from workloads.data.sources import Sources
    from workloads.data.splits import DataSet

LENGTHS = (("steps", "epochs"), ("epochs", "steps"))  # of a training: who gives one does without the other's default


class Workload(Member, ABC):
    """One task: its fields say what is trained on what; importing it needs no torch."""

    gpu_share: ClassVar[float]  # of one GPU, that a trial asks for where `gpus: auto` finds one
    is_chain: ClassVar[bool]  # whether each layer takes all that the one before gives, and nothing else
    loss: ClassVar[Literal["cross_entropy", "squared_error"]] = "cross_entropy"  # that training makes small
    has_prunable_output: ClassVar[bool]  # whether the last of `layers` is the network's output
    computes_with: ClassVar[tuple[Literal["transformers"], ...]] = ()  # packages beside torch that figures depend on

    data: Literal["real", "stand_in"] = "real"
    training: Training
    measure: MeasureSettings = MeasureSettings()

    @model_validator(mode="before")
    @classmethod
    def _over_its_own_defaults(cls, given: Any) -> Any:
        """Lets `training: {batch_size: 64}` change the batch size alone."""
        if not isinstance(given, Mapping):
            return given
        own = cls.defaults(given)
        training = given.get("training")
        if isinstance(training, Mapping):
            own["training"] |= {other: None for one, other in LENGTHS if training.get(one) is not None}
        filled = merged(own, given)
        sizes = {name: value for name, value in own.items() if not isinstance(value, Mapping)}
        return filled | {name: value for name, value in sizes.items() if filled[name] is None}

    @classmethod
    @abstractmethod
    def defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """What fields are unless given, in JSON: `training` and `measure`, and those that hang on others given."""

    @classmethod
    @abstractmethod
    def declared(cls, data: str) -> Declared:
        """The data set that `data` selects: its name, version and sizes, known without reading it."""

    @property
    @abstractmethod
    def needs(self) -> tuple[Declared, ...]:
        """The data sets that are to be had before a trial."""

    @property
    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """The prunable layers, from input to output."""

    @abstractmethod
    def units(self) -> tuple[BlockUnits, ...]:
        """The hidden units, block by block from input to output: what structured pruning removes as a whole."""

    @abstractmethod
    def narrowed(self, weights: int) -> Self:
        """The same network with narrower hidden layers and as nearly as possible `weights` prunable weights.

        Raises ValueError where even one unit a layer is more."""

    @abstractmethod
    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """A new network on the CPU; `draw` 0 is the seed's own initialisation, others are re-initialisations.

        It has `blocks`: see models.blockwise."""

    @abstractmethod
    def chains(self, matrices: dict[str, Tensor]) -> tuple[dict[str, Tensor], ...]:
        """Weights from layer to layer, between which the hidden units lie that nothing else reads or writes.

        Of `matrices` or parts of them, (out, in, ...) each; a unit goes by the name of the layer that computes it."""

    @abstractmethod
    def load(self, sources: Sources) -> DataSet:
        """The data set as tensors on the CPU. Raises DataError."""

    @property
    @abstractmethod
    def outcome(self) -> Outcome:
        """What its networks are judged by."""

    @property
    def prunable(self) -> int:
        """N: the number of prunable weights."""
        return sum(layer.size for layer in self.layers)

    @property
    @abstractmethod
    def unpruned(self) -> int:
        """Multiplications of one example, forward, that take part in no prunable layer: no mask takes them away."""

    @property
    @abstractmethod
    def steps_per_epoch(self) -> int:
        """Whole batches in the training split."""

    @property
    @abstractmethod
    def measured_size(self) -> int:
        """Examples of the validation and test splits together."""

    @property
    def steps(self) -> int:
        """Optimizer steps of a whole training."""
        return self.training.total_steps(self.steps_per_epoch)


WORKLOADS: Family[Workload] = Family()


def of_class(workload: type[Workload]) -> dict[str, Any]:
    """The defaults that a class has for how it is trained and measured, in JSON."""
    return {name: workload.model_fields[name].default.model_dump(mode="json") for name in ("training", "measure")}
