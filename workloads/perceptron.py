"""What all workloads with a multi-layer perceptron share."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, Self

from pydantic import PositiveInt

from workloads.models.widths import mlp_layers, narrowed
from workloads.workload import Layer, Workload

if TYPE_CHECKING:
    from torch import nn

    from workloads.data.images import Images
    from workloads.data.sources import Sources


class Perceptron(Workload, ABC):
    """A classifier of images by a multi-layer perceptron with ReLU, of any depth and width."""

    hidden: tuple[PositiveInt, ...]  # widths, from input to output

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        data = self.declared(self.data)
        return mlp_layers(data.features, self.hidden, data.classes)

    @property
    def chance(self) -> float:
        """See Workload."""
        return 1 / self.declared(self.data).classes

    def narrowed(self, weights: int) -> Self:
        """See Workload."""
        data = self.declared(self.data)
        return self.model_copy(update={"hidden": narrowed(data.features, self.hidden, data.classes, weights)})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.mlp import mlp
        from workloads.randomness import generator

        data = self.declared(self.data)
        return mlp(data.features, self.hidden, data.classes, generator(seed, "init", draw))

    def load(self, sources: Sources) -> Images:
        """See Workload."""
        from workloads.data.images import load

        return load(self.declared(self.data), sources, self.validation_size)
