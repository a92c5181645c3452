"""Single layers computed from their kept weights, in a network of any shape: forward and backward through autograd."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from workloads.models.layer import Layer
from workloads.network.kernels.kept import Kept
from workloads.network.kernels.kernel import Kernel, StepResults, TrainingSteps
from workloads.network.kernels.masked import steps_by_autograd
from workloads.network.kernels.products import Products
from workloads.network.kernels.rows import Rows, kept_places
from workloads.network.state import State


class SparseProduct(torch.autograd.Function):
    """inputs @ weight.T + bias, for a weight given by its kept values."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, bias: Tensor, inputs: Tensor, products: Products) -> Tensor:
        """Inputs (n, in) -> (n, out)."""
        ctx.save_for_backward(values, inputs)
        ctx.products = products
        return products.forward(values, bias, inputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of values, bias and inputs."""
        values, inputs = ctx.saved_tensors
        return *ctx.products.backward(values, inputs, gradients[0].contiguous(), ctx.needs_input_grad[2]), None


class SparseLinear(nn.Module):
    """A Linear layer, or GPT-2's Conv1D, by its kept weights."""

    def __init__(self, values: nn.Parameter, bias: nn.Parameter, products: Products):
        super().__init__()
        self.values, self.bias, self.products = values, bias, products

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., in) -> (..., out)"""
        outputs = SparseProduct.apply(self.values, self.bias, inputs.flatten(0, -2).contiguous(), self.products)
        return outputs.unflatten(0, inputs.shape[:-1])


@dataclass(frozen=True)
class SparseLayers(Kernel):
    """Some layers of a network computed from their kept weights, the others with masks."""

    kept: dict[str, Kept]  # layer name -> its weight
    products: dict[str, Products]

    @classmethod
    def of(cls, state: State, layers: Collection[Layer], products: type[Products]) -> SparseLayers:
        """The kernel for these layers of a state, under its masks."""
        masks = state.masks
        return cls(
            {layer.name: Kept(state.weight(layer.name), kept_places(layer, masks[layer.name])) for layer in layers},
            {layer.name: products(*_rows(layer, masks[layer.name])) for layer in layers},
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """See Kernel."""
        return tuple(self.kept)

    def train(self, steps: TrainingSteps) -> StepResults:
        """See Kernel."""
        masks = {name: mask for name, mask in steps.state.masks.items() if name not in self.kept}
        with self._in_place(steps.state) as optimizer:
            return steps_by_autograd(steps, optimizer, masks)

    @contextmanager
    def _in_place(self, state: State) -> Iterator[torch.optim.Optimizer]:
        """Replace the layers' modules for a while; yields an optimizer of the kept weights in the place of the dense.

        On leaving, the dense weights and buffers hold what became of them."""
        model, dense = state.model, state.optimizer
        modules = {name: model.get_submodule(name) for name in self.kept}
        values = {name: nn.Parameter(kept.values) for name, kept in self.kept.items()}
        replaced = {kept.parameter: values[name] for name, kept in self.kept.items()}
        groups = [
            {**group, "params": [replaced.get(parameter, parameter) for parameter in group["params"]]}
            for group in dense.param_groups
        ]
        optimizer = like(dense, groups)
        others = [
            parameter for group in dense.param_groups for parameter in group["params"] if parameter not in replaced
        ]
        for parameter in others:
            if parameter in dense.state:
                optimizer.state[parameter] = dense.state[parameter]
        for name, kept in self.kept.items():
            if buffers := kept.buffers(dense):
                optimizer.state[values[name]] = buffers
            model.set_submodule(name, SparseLinear(values[name], state.bias(name), self.products[name]))
        try:
            yield optimizer
        finally:
            for name, kept in self.kept.items():
                model.set_submodule(name, modules[name])
                kept.put_back(values[name].detach(), optimizer.state[values[name]], dense)
            for parameter in others:
                dense.state[parameter] = optimizer.state[parameter]


def like(optimizer: torch.optim.Optimizer, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """An optimizer of the same kind for other groups of parameters, which bring all their settings."""
    kind: Callable[[list[dict[str, Any]]], torch.optim.Optimizer] = type(optimizer)
    return kind(groups)


def _rows(layer: Layer, mask: Tensor) -> tuple[Rows, int]:
    matrix = layer.matrix(mask)
    return Rows.of(matrix), matrix.shape[1]
