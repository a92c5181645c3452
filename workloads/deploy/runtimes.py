"""Networks that compute from what a format stores: the runtimes that are timed on a CPU.

csr: torch's CSR tensors. The compiled kernels of training work on 128 examples at a time; at batch 1 they compute 127
examples that nobody asked for, and take longer than the dense layer.

int8: `torch._int_mm`, integer products of plain int8 tensors, which torchao builds on too. torch.ao.quantization and
quantized tensors are deprecated in torch 2.14, and `torch._weight_int8pack_mm` takes 70 times as long as the dense
product in float32 at batch 256. Inputs are quantized too, each example by its own largest value.

Both take Linear layers and GPT-2's Conv1D. Convolutions compute densely, of int8 from the rounded weights: torch has
neither sparse nor plain int8 convolutions on a CPU.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from workloads.data.splits import Examples
from workloads.deploy.encodings import rows
from workloads.deploy.int8 import LARGEST, Int8
from workloads.deploy.names import FormatName
from workloads.deploy.tensor_file import prepared
from workloads.models.layer import Layer
from workloads.network.kernels.rows import Rows
from workloads.network.state import State

TIMED = (FormatName.DENSE, FormatName.CSR, FormatName.SHRUNK, FormatName.INT8)


class CsrLinear(nn.Module):
    """A Linear layer of compressed rows."""

    def __init__(self, matrix: Tensor, bias: Tensor):
        super().__init__()
        places, shape = Rows.of(matrix != 0), matrix.shape
        with warnings.catch_warnings(action="ignore"):  # torch calls CSR tensors beta
            self.matrix = torch.sparse_csr_tensor(
                places.starts, places.columns, matrix[matrix != 0], shape, check_invariants=False
            )
        self.bias = bias

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., in) -> (..., out). The sparse factor on the left takes half the time of the one on the right."""
        outputs = torch.addmm(self.bias[:, None], self.matrix, inputs.flatten(0, -2).t().contiguous())
        return outputs.t().contiguous().unflatten(0, inputs.shape[:-1])


class Int8Linear(nn.Module):
    """A Linear layer of int8 weights, and of inputs that are rounded to int8 on the way."""

    values: Tensor  # int8 (out, in)
    scales: Tensor  # float32 (out,)
    bias: Tensor  # float32 (out,)

    def __init__(self, values: Tensor, scales: Tensor, bias: Tensor):
        super().__init__()
        self.register_buffer("values", values)
        self.register_buffer("scales", scales)
        self.register_buffer("bias", bias)

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., in) -> (..., out)"""
        examples = inputs.flatten(0, -2)
        steps = (examples.abs().amax(1, keepdim=True) / LARGEST).clamp_min(torch.finfo(inputs.dtype).tiny)  # (n, 1)
        products = torch._int_mm((examples / steps).round_().to(torch.int8), self.values.t())  # int32 (n, out)
        return (products * (steps * self.scales) + self.bias).unflatten(0, inputs.shape[:-1])


def runtime(state: State, name: FormatName, examples: Examples) -> nn.Module:
    """A network on the CPU, in eval mode, that computes as the format stores it. `state` stays as it is.

    Raises UsageError for weights that the format cannot hold, ValueError for a format that is not in TIMED."""
    if name not in TIMED:
        raise ValueError(f"{name} has no runtime here; there are {', '.join(TIMED)}")
    smaller = prepared(state, name, examples)
    model = deepcopy(smaller.model).eval()
    if name in LAYERS:
        for layer in smaller.layers:
            LAYERS[name](model, layer)
    return model


def _to_rows(model: nn.Module, layer: Layer) -> None:
    """Replace a layer by one that computes from compressed rows."""
    module: Any = model.get_submodule(layer.name)
    if len(layer.shape) == 2:
        model.set_submodule(layer.name, CsrLinear(rows(layer, module.weight.detach()), _bias(module, layer)))


def _to_int8(model: nn.Module, layer: Layer) -> None:
    """Replace a layer by one that computes from int8; of a convolution, round the weights."""
    module: Any = model.get_submodule(layer.name)
    encoding = Int8()
    parts = encoding.encode(layer, module.weight.detach())
    if len(layer.shape) == 2:
        model.set_submodule(layer.name, Int8Linear(parts["values"], parts["scales"], _bias(module, layer)))
    else:
        module.weight.data.copy_(encoding.decode(layer, parts))


def _bias(module: Any, layer: Layer) -> Tensor:
    return torch.zeros(layer.shape[layer.output_axis]) if module.bias is None else module.bias.detach()


LAYERS: dict[FormatName, Callable[[nn.Module, Layer], None]] = {FormatName.CSR: _to_rows, FormatName.INT8: _to_int8}
