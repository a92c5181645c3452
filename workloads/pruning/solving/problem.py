"""One layer to prune: its weights, and the second moments of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from workloads.models.layer import Layer
from workloads.network.layer_inputs import BlockInputs, rows


@dataclass(frozen=True)
class LayerProblem:
    """Everything that a solver may use, in float64. Columns are in the order of `Layer.rows`."""

    layer: Layer
    weight: Tensor  # (out, features), with all weights that the layer has now
    candidates: Tensor  # (out, features) bool: weights that are not removed yet
    moments: Tensor  # (features, features): the sum of x xᵀ over all inputs x of the sample

    @property
    def norms(self) -> Tensor:
        """The L2 norm of each feature over the sample: (features,)."""
        return self.moments.diagonal().sqrt()

    def error(self, solved: Tensor) -> float:
        """The squared error of the outputs with the weights `solved`, as a fraction of the outputs' squares.

        0 where the outputs are 0 and stay so; a layer's bias counts on neither side."""
        whole = _squares(self.weight, self.moments)
        return float((_squares(solved - self.weight, self.moments) / whole).nan_to_num())


def problems(block: BlockInputs, layers: Mapping[str, Layer], masks: Mapping[str, Tensor]) -> dict[str, LayerProblem]:
    """The problems of one block's layers: layer name -> problem. The sample passes the block once."""
    moments: dict[str, Tensor] = {}
    for chunk in block.chunks():
        for name, inputs in chunk.items():
            features = _features(block.model.get_submodule(name), inputs)
            moments[name] = moments.get(name, 0) + features.T @ features
    found = {}
    for name in block.layers:
        weight = block.model.get_submodule(name).weight
        assert isinstance(weight, Tensor)
        stored = layers[name].rows(weight.detach()).double()
        found[name] = LayerProblem(layers[name], stored, layers[name].rows(masks[name]), moments[name])
    return found


def _features(module: nn.Module, inputs: Tensor) -> Tensor:
    """The inputs of a layer as (uses, features) in float64, in the order of `Layer.rows`."""
    flat = rows(module, inputs).double()
    if not isinstance(module, nn.Conv2d):
        return flat
    return flat.unflatten(1, (module.in_channels, -1)).transpose(1, 2).flatten(1)


def _squares(weight: Tensor, moments: Tensor) -> Tensor:
    """The sum of squares of all outputs: the trace of W M Wᵀ, not less than 0 by rounding."""
    return torch.einsum("oi,ij,oj->", weight, moments, weight).clamp_min(0)
