"""Layers with inputs of chance, and what numpy makes of them."""

import numpy as np
import torch
from torch import Tensor

from workloads.models.layer import Layer
from workloads.pruning.solving.problem import LayerProblem


def correlated(uses: int, features: int, seed: int = 0) -> Tensor:
    """Inputs (uses, features) in float64, each a mixture of the same sources and a little of its own."""
    drawn = torch.Generator().manual_seed(seed)
    sources = torch.randn(uses, max(2, features // 2), generator=drawn, dtype=torch.float64)
    mixed = sources @ torch.randn(sources.shape[1], features, generator=drawn, dtype=torch.float64)
    return mixed + 0.3 * torch.randn(uses, features, generator=drawn, dtype=torch.float64)


def problem(weight: Tensor, inputs: Tensor) -> LayerProblem:
    """A Linear layer of which no weight is removed yet."""
    weight = weight.double()
    layer = Layer("layer", tuple(weight.shape))
    return LayerProblem(layer, weight, torch.ones_like(weight, dtype=torch.bool), inputs.T @ inputs)


def random_problem(rows: int, features: int, seed: int = 0, uses: int = 200) -> tuple[LayerProblem, Tensor]:
    """A layer with weights of chance, and its inputs."""
    drawn = torch.Generator().manual_seed(seed + 1000)
    inputs = correlated(uses, features, seed)
    return problem(torch.randn(rows, features, generator=drawn, dtype=torch.float64), inputs), inputs


def fitted(weight: Tensor, inputs: Tensor, mask: Tensor) -> np.ndarray:
    """Numpy's least squares, row by row: the weights under the mask that come closest to the outputs of all."""
    wanted, found = (inputs @ weight.T).numpy(), np.zeros(weight.shape)
    for row, kept in enumerate(mask.numpy()):
        found[row, kept] = np.linalg.lstsq(inputs.numpy()[:, kept], wanted[:, row], rcond=None)[0]
    return found
