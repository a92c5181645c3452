"""Workloads with a multi-layer perceptron."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from pydantic import PositiveInt

from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, chain_units
from workloads.models.widths import mlp_layers
from workloads.tasks.classifier import Classifier

if TYPE_CHECKING:
    from torch import nn


class Perceptron(Classifier, ABC):
    """A classifier of images by a multi-layer perceptron with ReLU, of any depth and width."""

    hidden: tuple[PositiveInt, ...]
    """The width of each hidden layer, from input to output, in units."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        data = self.declared(self.data)
        return mlp_layers(data.features, self.hidden, data.classes)

    def units(self) -> tuple[BlockUnits, ...]:
        """See Workload."""
        return chain_units(self.layers)

    def with_units(self, counts: Sequence[int]) -> Self:
        """See Workload."""
        return self.model_copy(update={"hidden": tuple(counts)})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.mlp import mlp
        from workloads.randomness import generator

        data = self.declared(self.data)
        return mlp(data.features, self.hidden, data.classes, generator(seed, "weights", draw))
