"""The products of one sparse layer in a training step: compiled by numba, or by torch where numba cannot compile."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from workloads.network.kernels.rows import Rows


class Products(ABC):
    """The products of a sparse layer with its inputs (n, in) and with gradients of its outputs (n, out)."""

    @abstractmethod
    def __init__(self, rows: Rows, width: int):
        """Of a matrix with these entries and `width` columns."""

    @abstractmethod
    def forward(self, values: Tensor, bias: Tensor, inputs: Tensor) -> Tensor:
        """inputs @ weight.T + bias: (n, out)."""

    @abstractmethod
    def backward(
        self, values: Tensor, inputs: Tensor, gradients: Tensor, needs_inputs: bool
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """The gradients of the values (kept,), of the bias (out,), and of the inputs (n, in) where needed."""


class CompiledProducts(Products):
    """Products compiled by numba."""

    def __init__(self, rows: Rows, width: int):
        from workloads.network.kernels.layer_products import layer_backward, layer_forward

        self.layer_forward, self.layer_backward = layer_forward, layer_backward
        back, self.order = rows.transposed(width)
        self.rows, self.back = (rows.starts.numpy(), rows.columns.numpy()), (back.starts.numpy(), back.columns.numpy())

    def forward(self, values: Tensor, bias: Tensor, inputs: Tensor) -> Tensor:
        """See Products."""
        outputs = inputs.new_empty(len(inputs), len(bias))
        self.layer_forward(*self.rows, *(tensor.detach().numpy() for tensor in (values, bias, inputs, outputs)))
        return outputs

    def backward(
        self, values: Tensor, inputs: Tensor, gradients: Tensor, needs_inputs: bool
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """See Products."""
        found = inputs.new_zeros(len(self.order)), inputs.new_zeros(gradients.shape[1])
        of_inputs = torch.empty_like(inputs if needs_inputs else inputs[:0])
        tensors = (values.index_select(0, self.order), inputs, gradients, *found, of_inputs)
        self.layer_backward(*self.rows, *self.back, *(tensor.detach().numpy() for tensor in tensors))
        return *found, of_inputs if needs_inputs else None


class TorchProducts(Products):
    """Products by torch's CSR tensors, where numba cannot compile."""

    def __init__(self, rows: Rows, width: int):
        self.back, self.order = rows.transposed(width)
        self.rows, self.shape = rows, (len(rows.starts) - 1, width)

    def forward(self, values: Tensor, bias: Tensor, inputs: Tensor) -> Tensor:
        """See Products."""
        matrix = torch.sparse_csr_tensor(self.rows.starts, self.rows.columns, values, self.shape)
        return torch.addmm(bias[:, None], matrix, inputs.t().contiguous()).t().contiguous()

    def backward(
        self, values: Tensor, inputs: Tensor, gradients: Tensor, needs_inputs: bool
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """See Products."""
        columns, zeros = gradients.t().contiguous(), values.new_zeros(len(values))
        matrix = torch.sparse_csr_tensor(self.rows.starts, self.rows.columns, zeros, self.shape)
        of_values = torch.sparse.sampled_addmm(matrix, columns, inputs, beta=0.0).values()
        if not needs_inputs:
            return of_values, columns.sum(1), None
        back = torch.sparse_csr_tensor(self.back.starts, self.back.columns, values[self.order], self.shape[::-1])
        return of_values, columns.sum(1), (back @ columns).t().contiguous()
