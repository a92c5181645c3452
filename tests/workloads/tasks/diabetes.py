"""A made-up workload with a made-up outcome: what it takes to be judged by something else than accuracy or bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import PositiveInt

from workloads.data.declared import Declared
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, chain_units
from workloads.models.widths import mlp_layers
from workloads.script.training import Adam, MeasureSettings, Training
from workloads.tasks.outcome import Outcome
from workloads.tasks.workload import Workload, of_class

if TYPE_CHECKING:
    from torch import Tensor, nn

    from workloads.data.sources import Sources
    from workloads.data.splits import DataSet

PATIENTS, FEATURES = 442, 10  # of the diabetes data of scikit-learn (Efron et al. 2004)


class DiabetesMlp(Workload):
    """A small perceptron that foretells how far the disease of a patient will have gone a year later."""

    source: ClassVar[str | None] = "made_up"
    gpu_share: ClassVar[float] = 0.1
    is_chain: ClassVar[bool] = True
    has_prunable_output: ClassVar[bool] = True
    loss: ClassVar[Literal["squared_error"]] = "squared_error"

    name: Literal["diabetes_mlp"] = "diabetes_mlp"
    data: Literal["real"] = "real"
    hidden: tuple[PositiveInt, ...] = (64, 32)
    training: Training = Training(epochs=60, batch_size=32, optimizer=Adam(lr=1e-3))
    measure: MeasureSettings = MeasureSettings(evaluate_every=60, probe=200)

    @classmethod
    def defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """See Workload."""
        return of_class(cls)

    @classmethod
    def declared(cls, data: str) -> Declared:
        """See Workload."""
        return Declared("diabetes@1")

    @property
    def needs(self) -> tuple[Declared, ...]:
        """See Workload: it comes with scikit-learn."""
        return ()

    @property
    def outcome(self) -> Outcome:
        """See Workload: who always says the mean is as far off as the data vary."""
        return Outcome(metric="squared_error", title="test squared error", unit="of the variance", direction="down",
                       margin=0.05, chance=1.0, loss="squared standard deviations")  # fmt: skip

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        return mlp_layers(FEATURES, self.hidden, 1)

    def units(self) -> tuple[BlockUnits, ...]:
        """See Workload."""
        return chain_units(self.layers)

    def with_units(self, counts: Sequence[int]) -> Self:
        """See Workload."""
        return self.model_copy(update={"hidden": tuple(counts)})

    def narrowed(self, weights: int) -> Self:
        """See Workload."""
        return self.with_units(self.units_for(weights))

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.mlp import mlp
        from workloads.randomness import generator

        return mlp(FEATURES, self.hidden, 1, generator(seed, "weights", draw))

    def chains(self, matrices: dict[str, Tensor]) -> tuple[dict[str, Tensor], ...]:
        """See Workload."""
        return (matrices,)

    def load(self, sources: Sources) -> DataSet:
        """See Workload: every sixth patient is for validation, the next one for the test."""
        import torch
        from sklearn.datasets import load_diabetes

        from workloads.data.splits import DataSet, Split

        found = load_diabetes()
        inputs, targets = (torch.tensor(found[name], dtype=torch.float32) for name in ("data", "target"))
        turn = torch.arange(PATIENTS) % 6
        train = turn > 1
        inputs = (inputs - inputs[train].mean(0)) / inputs[train].std(0)
        targets = ((targets - targets[train].mean()) / targets[train].std()).unsqueeze(1)
        parts = [Split(inputs[chosen], targets[chosen]) for chosen in (train, turn == 0, turn == 1)]
        return DataSet(*parts, digest="diabetes")

    @property
    def unpruned(self) -> int:
        """See Workload."""
        return 0

    @property
    def steps_per_epoch(self) -> int:
        """See Workload."""
        return (PATIENTS - self.measured_size) // self.training.batch_size

    @property
    def measured_size(self) -> int:
        """See Workload."""
        return sum(number % 6 < 2 for number in range(PATIENTS))
