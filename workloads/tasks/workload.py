"""What a workload is: a network, its data, its training and its evaluation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import model_validator

from workloads.data import first_weights
from workloads.data.declared import Declared
from workloads.data.first_weights import DeclaredWeights
from workloads.family import Family, Member
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits
from workloads.models.widths import narrowed
from workloads.script.start import AnyStart
from workloads.script.training import MeasureSettings, Training
from workloads.settings import merged
from workloads.tasks.outcome import Outcome

if TYPE_CHECKING:
    from torch import Tensor, nn

    from workloads.data.sources import Sources
    from workloads.data.splits import DataSet

LENGTHS = (("steps", "epochs"), ("epochs", "steps"))  # each length of a training cancels the default of the other


class Workload(Member, ABC):
    """One workload. Its settings decide the network, the data and the training. Importing it needs no torch."""

    gpu_share: ClassVar[float]  # the fraction of one GPU that a trial takes with `gpus: auto`
    is_chain: ClassVar[bool]  # whether each layer feeds the next layer and nothing else
    is_homogeneous: ClassVar[bool] = False  # whether, without biases, outputs grow as the weights of any one layer do
    loss: ClassVar[Literal["cross_entropy", "squared_error"]] = "cross_entropy"  # what training minimises
    has_prunable_output: ClassVar[bool]  # whether the last of `layers` is the output layer
    computes_with: ClassVar[tuple[Literal["transformers"], ...]] = ()  # packages besides torch that change figures

    data: Literal["real", "stand_in"] = "real"
    """The data set. The stand-in is small, needs no download and is for tries only; every report says so."""
    training: Training
    """How the network is trained: length, optimizer and learning rate."""
    measure: MeasureSettings = MeasureSettings()
    """When the network is evaluated, and on how many examples."""
    start: AnyStart | None = None
    """The file of weights that training begins with, of every seed. None means weights that the seed draws."""

    @model_validator(mode="before")
    @classmethod
    def _over_its_own_defaults(cls, given: Any) -> Any:
        """Let `training: {batch_size: 64}` change the batch size alone."""
        if not isinstance(given, Mapping):
            return given
        defaults = cls.defaults(given)
        training = given.get("training")
        if isinstance(training, Mapping):
            defaults["training"] |= {other: None for length, other in LENGTHS if training.get(length) is not None}
        filled = merged(defaults, given)
        sizes = {name: value for name, value in defaults.items() if not isinstance(value, Mapping)}
        return filled | {name: value for name, value in sizes.items() if filled[name] is None}

    @model_validator(mode="after")
    def _begins_somewhere(self) -> Self:
        if self.training.steps == 0 and self.start is None:
            raise ValueError("training.steps 0 leaves the first weights as they are drawn; add start: FILE, the "
                             "weights of a trained network, or give steps")  # fmt: skip
        return self

    @classmethod
    @abstractmethod
    def defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The defaults in JSON: those of `training` and `measure`, and those that depend on the given settings."""

    @classmethod
    @abstractmethod
    def declared(cls, data: str) -> Declared:
        """The data set that `data` selects: its name, version and sizes, without reading it."""

    @property
    @abstractmethod
    def needs(self) -> tuple[Declared, ...]:
        """The data sets that a trial needs."""

    @property
    def files(self) -> tuple[Declared, ...]:
        """All that a trial reads: its data sets, and the weights that it starts from."""
        return self.needs if self.start is None else (*self.needs, DeclaredWeights.of(self.start))

    @property
    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """The prunable layers, from input to output."""

    @abstractmethod
    def units(self) -> tuple[BlockUnits, ...]:
        """The hidden units, block by block from input to output. Structured pruning removes whole units."""

    @abstractmethod
    def with_units(self, counts: Sequence[int]) -> Self:
        """The same workload with other numbers of hidden units: one number per block of `units()`, in its order.

        Inputs, outputs and a residual stream keep their sizes."""

    def units_for(self, weights: int) -> tuple[int, ...]:
        """Numbers of hidden units for a number of prunable weights as near to `weights` as possible, one per block.

        All blocks shrink in similar proportions, see models.widths.narrowed. Raises ValueError where one unit in each
        block is already more."""
        counts = tuple(block.count for block in self.units())
        return narrowed(counts, lambda counts: self.with_units(counts).prunable, weights)

    @abstractmethod
    def narrowed(self, weights: int) -> Self:
        """The same network with narrower hidden layers, and with a number of prunable weights as near to `weights` as
        possible.

        Raises ValueError where one unit in each layer is already more."""

    @abstractmethod
    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """A new network on the CPU. `draw` 0 is the seed's initialisation; others are re-initialisations.

        The network has `blocks`, see models.blockwise."""

    @abstractmethod
    def chains(self, matrices: dict[str, Tensor]) -> tuple[dict[str, Tensor], ...]:
        """Chains of weight matrices. The hidden units between two matrices have no other inputs or outputs.

        The matrices are those of `matrices` or parts of them, (out, in, ...) each. A unit has the name of the layer
        that computes it."""

    @abstractmethod
    def load(self, sources: Sources) -> DataSet:
        """The data set as tensors on the CPU. Raises DataError."""

    def load_files(self, sources: Sources) -> DataSet:
        """The data set, together with the weights to start from. Raises DataError."""
        data = self.load(sources)
        if self.start is None:
            return data
        return replace(data, start=first_weights.load(DeclaredWeights.of(self.start), sources))

    @property
    @abstractmethod
    def outcome(self) -> Outcome:
        """The figure that the networks are judged by."""

    @property
    def prunable(self) -> int:
        """N: the number of prunable weights."""
        return sum(layer.size for layer in self.layers)

    @property
    @abstractmethod
    def unpruned(self) -> int:
        """Multiplications in the forward pass of one example outside prunable layers, which no mask removes."""

    @property
    @abstractmethod
    def steps_per_epoch(self) -> int:
        """The number of whole batches in the training split."""

    @property
    @abstractmethod
    def measured_size(self) -> int:
        """The number of examples in the validation and test splits together."""

    @property
    def steps(self) -> int:
        """The number of optimizer steps in a whole training."""
        return self.training.total_steps(self.steps_per_epoch)


WORKLOADS: Family[Workload] = Family()


def of_class(workload: type[Workload]) -> dict[str, Any]:
    """A class's defaults for training and measuring, in JSON."""
    return {name: workload.model_fields[name].default.model_dump(mode="json") for name in ("training", "measure")}
